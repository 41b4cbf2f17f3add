// The way through the screens: five steps, some of more than one screen, forward, back, and to any answer once more.
import type { Remains } from '../lib/index'
import { check } from './check'
import { type Sealed, clip } from './clip'
import type { Context } from './context'
import * as decisions from './decisions'
import { deliver, forward } from './deliver'
import { record } from './record'
import { seal } from './seal'
import type { Move } from './shell'

/** From the clip to an empty page. */
export async function flow(context: Context, remains: Remains[]): Promise<void> {
  const given: { sealed: Sealed | null } = { sealed: null }
  const screens: [string, () => Promise<Move>][] = [
    ['clip', () => new Promise((resolve) => void clip(context, remains, (sealed) => { given.sealed = sealed; resolve({ to: 'sealed' }) }).then(resolve))],
    ['picture', () => decisions.picture(context)],
    ['voice', () => decisions.voice(context)],
    ['place', () => decisions.place(context)],
    ['name', () => decisions.name(context)],
    ['uses', () => decisions.uses(context)],
    ['code', () => decisions.code(context)],
    ['road', () => decisions.road(context)],
    ['check', () => check(context)],
  ]
  const shown = screens.filter(([name]) => name !== 'place' || context.facts.places.length > 0)
  let at = 0
  // Once everything was answered, changing one answer leads straight back to the last look.
  let complete = false
  for (;;) {
    const screen = shown[at]
    if (!screen) {
      const made = await seal(context)
      if (made) return deliver(context, made)
      at = context.answers.clip || context.answers.recorder ? shown.length - 1 : 0
      continue
    }
    if (screen[0] === 'check') complete = true
    const move = await screen[1]()
    if (move === 'next') at = complete && screen[0] !== 'check' ? shown.length - 1 : at + 1
    else if (move === 'back') at = complete && screen[0] !== 'check' ? shown.length - 1 : Math.max(0, at - 1)
    else if (move.to === 'sealed' && given.sealed) return forward(context, given.sealed)
    else if (move.to === 'record') at = (await record(context)) === 'next' ? (complete ? shown.length - 1 : 1) : 0
    else at = Math.max(0, shown.findIndex(([name]) => name === move.to))
  }
}
