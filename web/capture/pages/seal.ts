// Sealing on the device: hidden data out, picture smaller where the browser can, then under the campaign's keys.
import { type CleanReport, type SealedMessage, HamsedaError, loadMedia, sealInto } from '../lib/index'
import { type Context, choices } from './context'
import { h, plain, status } from './dom'
import { codeOf, sentence } from './errors'

/** Shrinking costs time and picture: it has to save a quarter. */
const WORTH = 0.75

/** A sealed message and what was taken out of the clip before. */
export interface Made {
  message: SealedMessage
  report: CleanReport | null
  /** Bytes of the clip as it was chosen. */
  before: number
}

/** Seals what was chosen. `null`: the person stopped it; nothing is left. */
export async function seal(context: Context): Promise<Made | null> {
  const { texts, shell, answers } = context
  const line = status()
  const bar = h('progress', { max: 1, value: 0, 'aria-label': texts.say('work-heading') })
  const stop = new AbortController()
  shell.show(5, texts.say('work-heading'), line, bar, plain(texts.say('work-stop'), () => stop.abort()))
  const progress = (id: string, done: number): void => {
    bar.value = done
    line.textContent = texts.say(id, { percent: texts.percent(done) })
  }
  try {
    if (answers.recorder) return await recorded(context, progress)
    return await picked(context, progress, stop.signal)
  } catch (error) {
    if (codeOf(error) === 'aborted') return null
    return again(context, error)
  }
}

type Progress = (id: string, done: number) => void

async function recorded(context: Context, progress: Progress): Promise<Made> {
  const { answers } = context
  progress('work-seal', 0.9)
  const message = await answers.recorder!.finish(choices(answers), answers.code ?? undefined)
  answers.recorder = null
  return { message, report: null, before: 0 }
}

async function picked(context: Context, progress: Progress, signal: AbortSignal): Promise<Made> {
  const clip = context.answers.clip!
  const { answers, facts, keyset, store } = context
  const options = { signal, cap: facts.clipBytes, ...(answers.code ? { code: answers.code } : {}) }
  progress('work-clean', 0)
  const media = await loadMedia()
  const found = await media.inspect(clip)
  const bare = found.cleanable ? null : found.why ?? 'clip-unknown'
  const worth = found.shrinkable && found.shrunkBytes < clip.size * WORTH
  // A browser that breaks off while it encodes can still repack.
  for (const shrink of bare !== null ? [] : worth ? [true, false] : [false]) {
    try {
      const id = shrink ? 'work-shrink' : 'work-clean'
      const clean = media.clean(clip, { shrink, signal, onProgress: (done) => progress(id, done) })
      // Whatever of the two fails first is what is said.
      clean.report.catch(() => undefined)
      const message = await sealInto(store, clean.stream, choices(answers), keyset, options)
      return { message, report: await clean.report, before: clip.size }
    } catch (error) {
      if (!codeOf(error).startsWith('clip-')) throw error
    }
  }
  if (bare === 'clip-empty') throw new HamsedaError('clip-empty')
  if (!(await asItIs(context))) throw new HamsedaError('aborted')
  const onProgress = (bytes: number): void => progress('work-seal', bytes / clip.size)
  const message = await sealInto(store, clip, choices(answers), keyset, { ...options, onProgress })
  return { message, report: null, before: clip.size }
}

/** A clip that can't be repacked here is sealed as it is only when the person says so. */
function asItIs({ texts, shell, answers }: Context): Promise<boolean> {
  return new Promise((resolve) => {
    const line = status()
    const go = (): void => {
      line.textContent = texts.say('work-seal', { percent: texts.percent(0) })
      resolve(true)
    }
    shell.show(5, texts.say('clean-failed-heading'), h('p', { class: 'lead' }, texts.say('clean-failed')),
      plain(texts.say('clip-other'), () => {
        answers.clip = null
        resolve(false)
      }),
      plain(texts.say('clean-failed-go'), go), line)
  })
}

/** Says what failed; the person tries again or goes back. */
function again(context: Context, error: unknown): Promise<Made | null> {
  const { texts, shell } = context
  return new Promise((resolve) => {
    shell.show(5, texts.say('work-heading'), h('p', { class: 'error', role: 'alert' }, sentence(error, texts)),
      h('button', { type: 'button', click: () => void seal(context).then(resolve) }, texts.say('again')),
      plain(texts.say('back'), () => resolve(null)))
  })
}

/** What was taken out of the clip, in words. */
export function removed({ texts }: Context, { report, before }: Made): string | null {
  if (!report) return null
  const what = texts.list(report.removed.map((trace) => texts.say(`trace-${trace}`)))
  const sizes = { before: texts.mb(before), after: texts.mb(report.bytes) }
  return what === '' ? texts.say('clean-nothing', sizes) : texts.say('clean-done', { ...sizes, what })
}
