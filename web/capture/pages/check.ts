// The last look before sealing: every answer, with a way back to it.
import type { Context } from './context'
import { SPOKEN } from './context'
import { freshId, h, plain } from './dom'
import type { Move } from './shell'
import { best } from './texts'

/** Names of the languages in themselves; the record takes these. */
const NAMES: Record<string, string> = { fa: 'فارسی', ar: 'العربية', en: 'English', fr: 'français', de: 'Deutsch', es: 'español', ku: 'kurdî', tr: 'Türkçe' }

export function check(context: Context): Promise<Move> {
  const { texts, shell, answers } = context
  return new Promise((resolve) => {
    const row = (name: string, value: Node | string): HTMLElement =>
      h('div', {}, h('dt', {}, texts.say(`check-${name}`)), h('dd', {}, value),
        h('dd', {}, h('button', { type: 'button', class: 'link', 'aria-label': `${texts.say('check-change')}: ${texts.say(`check-${name}`)}`, click: () => resolve({ to: name }) }, texts.say('check-change'))))
    const id = freshId()
    const spoken = h('select', { id, change: () => (answers.lang = SPOKEN.find((code) => code === spoken.value) ?? answers.lang) },
      ...SPOKEN.map((code) => h('option', { value: code, lang: code, selected: code === answers.lang }, NAMES[code])))
    const rows = [
      row('clip', answers.clip ? texts.say('clip-chosen', { size: texts.mb(answers.clip.size) }) : texts.say('record-done', { time: texts.time(answers.seconds) })),
      row('picture', texts.say(`picture-${answers.picture}`)),
      row('voice', texts.say(`voice-${answers.voice}`)),
      context.facts.places.length > 0 ? row('place', placeName(context)) : null,
      row('name', answers.name.kind === 'none' ? texts.say('name-none') : h('bdi', {}, answers.name.text.trim())),
      row('uses', usesName(context)),
      row('code', texts.say(answers.wantsCode ? 'code-draw' : 'code-none')),
      row('road', texts.say(`road-${answers.road}`)),
    ]
    shell.show(5, texts.say('check-heading'),
      h('dl', { class: 'answers' }, ...rows),
      h('label', { for: id }, texts.say('check-lang')), spoken,
      h('p', { class: 'aside' }, texts.say(answers.clip ? 'check-clean' : 'check-recorded')),
      h('button', { type: 'button', click: () => resolve('next') }, texts.say(answers.road === 'send' ? 'seal-send' : 'seal-only')),
      plain(texts.say('back'), () => resolve('back')))
  })
}

function placeName({ texts, facts, answers }: Context): Node | string {
  const { level, province, town } = answers.place
  const found = facts.places.find((place) => place.id === (level === 'town' ? town : province))
  if (level === 'none' || !found) return texts.say('place-none')
  const name = best(found.name, texts.lang)
  return h('bdi', { lang: name.lang }, name.text)
}

function usesName({ texts, answers }: Context): string {
  const { kind, film, wall } = answers.uses
  if (kind !== 'show') return texts.say(`uses-${kind}`)
  const where = [film && texts.say('uses-film'), wall && texts.say('uses-wall')].filter((text): text is string => text !== false)
  return `${texts.say('uses-show')}: ${texts.list(where)}`
}
