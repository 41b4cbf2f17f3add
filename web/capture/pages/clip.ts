// The first step: a clip from this device, a recording, or a sealed file that has not arrived completely.
import { type Remains, HamsedaError, Recorder, loadMedia, looksSealed, readFileName } from '../lib/index'
import type { Context } from './context'
import { digits, fold, freshId, h, plain } from './dom'
import { sentence } from './errors'
import { type Move, alertBox } from './shell'

/** A sealed file that is only to be sent. */
export interface Sealed {
  blob: Blob
  handle: Uint8Array | null
  url: string | null
  remove: () => Promise<void>
}

/** Asks for the clip; `sent` takes a sealed file over, which ends the flow. */
export function clip(context: Context, remains: Remains[], sent: (sealed: Sealed) => void): Promise<Move> {
  const { texts, shell, answers, offline } = context
  return new Promise((resolve) => {
    const alert = alertBox()
    const chosen = h('div', { class: 'chosen', role: 'status' })
    const input = picker(context, alert.say, (file) => void pick(file))
    const pick = async (file: File | undefined): Promise<void> => {
      if (!file) return
      alert.say('')
      await answers.recorder?.discard()
      answers.recorder = null
      if (!offline && (await looksSealed(file))) return chosen.replaceChildren(...sealedFile(context, file, sent))
      const refused = await check(context, file)
      if (refused !== null) {
        answers.clip = null
        chosen.replaceChildren()
        return alert.say(refused)
      }
      answers.clip = file
      chosen.replaceChildren(...facts(context, file))
    }
    const next = (event: Event): void => {
      event.preventDefault()
      if (answers.clip || answers.recorder) resolve('next')
      else alert.say(texts.say('clip-first'))
    }
    shell.show(1, texts.say('clip-heading'),
      h('p', { class: 'lead' }, texts.say(offline ? 'clip-offline' : 'clip-lead', { seconds: context.facts.seconds })),
      context.token ? h('p', { class: 'good' }, texts.say('invited')) : null,
      ...remains.map((left) => rest(context, left, sent)),
      h('form', { novalidate: true, submit: next },
        input,
        !offline && Recorder.supported() ? recordButton(context, () => resolve({ to: 'record' })) : null,
        chosen, alert.box,
        h('button', { type: 'submit' }, texts.say('next'))),
      fold(texts.say('hash-heading'), h('p', {}, texts.say('hash-note')), digits(context.keyset.hash),
        h('p', { class: 'small' }, texts.say('hash-until', { day: texts.day(context.keyset.expires) }))))
    if (answers.clip) chosen.replaceChildren(...facts(context, answers.clip))
    else if (answers.recorder) chosen.replaceChildren(texts.say('record-done', { time: texts.time(answers.seconds) }))
  })
}

function picker({ texts }: Context, clear: (text: string) => void, take: (file: File | undefined) => void): HTMLElement {
  const id = freshId()
  const input = h('input', { id, type: 'file', accept: 'video/*,.mp4,.mov,.webm,.mkv,*/*', class: 'unseen', change: () => { clear(''); take(input.files?.[0]) } })
  return h('div', { class: 'pick' }, input,
    h('label', { for: id, class: 'opt' }, h('span', { class: 'says' }, h('b', {}, texts.say('clip-pick')), h('span', { class: 'line' }, texts.say('clip-pick-note')))))
}

const recordButton = ({ texts }: Context, go: () => void): HTMLElement =>
  h('button', { type: 'button', class: 'opt', click: go },
    h('span', { class: 'says' }, h('b', {}, texts.say('clip-record')), h('span', { class: 'line' }, texts.say('clip-record-note'))))

/** What is wrong with a clip, or null. What can't be repacked here is asked about before sealing. */
async function check({ texts, facts, offline }: Context, file: File): Promise<string | null> {
  if (file.size === 0) return texts.say('err-empty')
  if (offline && (await looksSealed(file))) return texts.say('err-wrong-file')
  if (file.size > facts.clipBytes) return texts.say('err-large', { size: texts.mb(facts.clipBytes) })
  // Begun while the person decides; a failure is met again when the clip is sealed.
  loadMedia().catch(() => undefined)
  return file.slice(0, 1).arrayBuffer().then(() => null, () => sentence(new HamsedaError('seal-read'), texts))
}

/** The clip as chosen, so that nobody seals the wrong one. */
function facts({ texts }: Context, file: File): Node[] {
  const video = h('video', { controls: true, muted: true, playsinline: true, preload: 'metadata', 'aria-label': texts.say('clip-preview') })
  const url = URL.createObjectURL(file)
  video.src = url
  video.addEventListener('error', () => video.remove())
  return [h('p', { class: 'good' }, texts.say('clip-chosen', { size: texts.mb(file.size) })), video]
}

function sealedFile({ texts }: Context, file: File, sent: (sealed: Sealed) => void): Node[] {
  const known = readFileName(file.name)
  const sealed: Sealed = { blob: file, handle: known?.handle ?? null, url: known?.url ?? null, remove: () => Promise.resolve() }
  return [
    h('h2', {}, texts.say('clip-sealed-heading')),
    h('p', {}, texts.say('clip-sealed')),
    h('button', { type: 'button', click: () => sent(sealed) }, texts.say('clip-sealed-send')),
  ]
}

/** What an earlier visit left on purpose. */
function rest({ texts, store }: Context, left: Remains, sent: (sealed: Sealed) => void): HTMLElement {
  const box = h('section', { class: 'card' },
    h('h2', {}, texts.say('rest-heading')),
    h('p', {}, texts.say('rest', { size: texts.mb(left.bytes) })),
    h('button', { type: 'button', click: async () => {
      const { url, handle } = left.upload ?? { url: null, handle: null }
      sent({ blob: await left.file.blob(), handle: handle === null ? null : handleFrom(handle), url, remove: () => store.wipe() })
    } }, texts.say('rest-send')),
    plain(texts.say('rest-forget'), () => void left.file.remove().then(() => box.remove())))
  return box
}

const handleFrom = (base64url: string): Uint8Array =>
  Uint8Array.from(atob(base64url.replace(/-/g, '+').replace(/_/g, '/')), (char) => char.charCodeAt(0))
