// Sending, in words: which part is safe on the server, what happens at a cut, that everything has arrived.
import { type UploadProgress, type UploadState, HamsedaError, upload } from '../lib/index'
import { h, plain, status } from './dom'
import { codeOf, sentence } from './errors'
import type { Texts } from './texts'

export interface Cargo {
  blob: Blob
  handle: Uint8Array
  token: string | null
  /** Where an earlier attempt got to. */
  url: string | null
  onUrl: (state: UploadState) => void
}

/** A card that sends and says how far it is; `arrived` settles when everything is safe on the server. */
export function sending(texts: Texts, cargo: Cargo): { card: HTMLElement; arrived: Promise<void>; stop: () => void } {
  const safe = status('state big')
  const now = h('p', { class: 'small' })
  const bar = h('progress', { max: 1, value: 0, 'aria-label': texts.say('work-heading') })
  const trouble = h('div', {})
  const card = h('section', { class: 'card sending' }, safe, bar, now, trouble)
  const stop = new AbortController()
  let settle: () => void = () => undefined
  const arrived = new Promise<void>((resolve) => (settle = resolve))
  let url = cargo.url

  const tell = (p: UploadProgress): void => {
    bar.value = p.total > 0 ? p.safe / p.total : 0
    const done = p.safe >= p.total ? p.parts : p.part - 1
    const text = p.waiting !== null ? texts.say('work-cut') : done > 0 ? texts.say('work-part', { n: done, count: p.parts }) : texts.say('work-connect')
    // Said only when it changes: a screen reader reads it out each time.
    if (safe.textContent !== text) safe.textContent = text
    const percent = texts.percent(p.total > 0 ? p.sent / p.total : 0)
    now.textContent = done >= p.parts ? '' : texts.say('work-now', { n: p.part, count: p.parts, percent })
  }
  const go = async (): Promise<void> => {
    trouble.replaceChildren()
    safe.textContent = texts.say('work-connect')
    try {
      await upload(cargo.blob, '/upload', {
        handle: cargo.handle,
        token: cargo.token,
        url,
        signal: stop.signal,
        onProgress: tell,
        onUrl: (state) => {
          url = state.url
          cargo.onUrl(state)
        },
      })
      bar.value = 1
      now.textContent = ''
      card.classList.add('arrived')
      safe.textContent = texts.say('work-arrived')
      settle()
    } catch (error) {
      if (codeOf(error) === 'aborted') return
      failed(error)
    }
  }
  const failed = (error: unknown): void => {
    now.textContent = ''
    safe.textContent = ''
    const known = error instanceof HamsedaError ? error : new HamsedaError('upload-line', {}, error)
    trouble.replaceChildren(h('p', { class: 'error', role: 'alert' }, sentence(known, texts)), plain(texts.say('again'), () => void go()))
  }
  void go()
  return { card, arrived, stop: () => stop.abort() }
}
