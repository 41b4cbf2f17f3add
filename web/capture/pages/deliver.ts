// After sealing: the receipt and the code are written down while the message travels or is saved; then everything goes.
import { type UploadState, fileName, splitParts } from '../lib/index'
import type { Sealed } from './clip'
import type { Context } from './context'
import { h, plain } from './dom'
import { sentence } from './errors'
import { anyName, save } from './save'
import { type Made, removed } from './seal'
import { sending } from './travel'
import { numbered, order } from './words'

/** The last screen. Resolves when the person has written down what is shown and emptied the page. */
export async function deliver(context: Context, made: Made): Promise<void> {
  const { texts, shell, answers, store, token } = context
  const { message } = made
  const blob = await message.file.blob()
  const paper = await written(context, made)
  const end = h('div', { class: 'end' })
  const stored = h('div', {})
  let state: UploadState | null = null
  const name = (): string => fileName(message.handle, state)
  const saver = plain(texts.say('file-save'), () => {
    save(blob, name())
    stored.replaceChildren(h('p', { class: 'small good' }, texts.say('file-note', { name: name() })))
  })
  return new Promise((resolve) => {
    const finish = (): void => void store.wipe().catch(() => undefined).then(() => {
      shell.show(0, texts.say('finished-heading'), h('p', { class: 'lead' }, texts.say('finished')))
      resolve()
    })
    const after = (): void => end.replaceChildren(...farewell(context, finish))
    const gone = removed(context, made)
    const shrunk = gone === null ? null : h('p', { class: 'small' }, gone)
    if (answers.road === 'send') {
      const trip = sending(texts, { blob, handle: message.handle, token, url: null, onUrl: (at) => (state = at) })
      const keep = h('details', { class: 'fold' }, h('summary', {}, texts.say('keep')), h('p', {}, texts.say('keep-note')),
        plain(texts.say('keep-go'), () => {
          if (state) void store.keep(message.file, state).then(() => stored.replaceChildren(h('p', { class: 'good' }, texts.say('kept'))))
        }))
      const stop = plain(texts.say('work-stop'), () => { trip.stop(); finish() })
      const meanwhile = h('div', { class: 'meanwhile' }, saver, keep, stop)
      void trip.arrived.then(() => { shell.retitle(texts.say('arrived-heading')); meanwhile.remove(); after() })
      shell.show(5, texts.say('work-heading'), trip.card, shrunk, ...paper, stored, meanwhile, end)
      return
    }
    const files = answers.road === 'file'
      ? [saver, stored, h('p', {}, texts.say('carry-note'))]
      : [parts(context, blob, message.handle), h('p', {}, texts.say('parts-note'))]
    shell.show(5, texts.say('work-sealed'), shrunk, ...files, ...paper, end)
    after()
  })
}

/** Receipt and code, for paper. */
async function written({ texts, answers }: Context, { message }: Made): Promise<HTMLElement[]> {
  const receipt = h('section', { class: 'paper' },
    h('h2', {}, texts.say('receipt')), order(texts), await numbered(message.receipt, texts), h('p', { class: 'small' }, texts.say('receipt-note')))
  const code = answers.code && h('section', { class: 'paper' },
    h('h2', {}, texts.say('code')), order(texts), await numbered(answers.code, texts),
    h('p', { class: 'small' }, texts.say('code-note')), h('p', { class: 'small' }, texts.say('code-forced')))
  return [h('div', { class: 'write' }, h('h2', {}, texts.say('write-heading')), h('p', {}, texts.say('write-note'))), receipt, ...(code ? [code] : [])]
}

function farewell({ texts }: Context, finish: () => void): HTMLElement[] {
  return [
    h('h2', {}, texts.say('delete-heading')),
    h('ul', {}, ...['delete-clip', 'delete-file', 'delete-copies'].map((id) => h('li', {}, texts.say(id)))),
    h('button', { type: 'button', click: finish }, texts.say('finish')),
  ]
}

/** Buttons that save the parts, one by one or all. */
function parts({ texts }: Context, blob: Blob, handle: Uint8Array): HTMLElement {
  const box = h('div', { class: 'parts' })
  splitParts(blob, handle).then((all) => {
    const buttons = all.map((part) => {
      const button = plain(texts.say('parts-save', { n: part.index + 1, count: part.count }), () => {
        save(part.blob, part.name)
        button.classList.add('done')
      })
      return button
    })
    // One after the other: browsers let a page save several files only so.
    const every = h('button', { type: 'button', click: () => buttons.forEach((button, i) => setTimeout(() => button.click(), i * 400)) }, texts.say('parts-all'))
    box.replaceChildren(...(all.length > 1 ? [every] : []), ...buttons)
  }, (error) => box.replaceChildren(h('p', { class: 'error', role: 'alert' }, sentence(error, texts))))
  return box
}

/** Sends a file that was sealed before. */
export function forward(context: Context, sealed: Sealed): Promise<void> {
  const { texts, shell, store, token } = context
  const handle = sealed.handle ?? crypto.getRandomValues(new Uint8Array(32))
  return new Promise((resolve) => {
    const end = h('div', { class: 'end' })
    const finish = (): void => void sealed.remove().then(() => store.wipe()).catch(() => undefined).then(() => {
      shell.show(0, texts.say('finished-heading'), h('p', { class: 'lead' }, texts.say('finished')))
      resolve()
    })
    let state: UploadState | null = null
    const trip = sending(texts, { blob: sealed.blob, handle, token, url: sealed.url, onUrl: (at) => (state = at) })
    // Its new name knows how far it came, so that another visit goes on from there.
    const saver = plain(texts.say('file-save'), () => save(sealed.blob, sealed.handle ? fileName(handle, state) : anyName()))
    const stop = plain(texts.say('work-stop'), () => { trip.stop(); finish() })
    const meanwhile = h('div', { class: 'meanwhile' }, saver, stop)
    void trip.arrived.then(() => { shell.retitle(texts.say('arrived-heading')); meanwhile.remove(); end.replaceChildren(...farewell(context, finish)) })
    shell.show(0, texts.say('work-heading'), trip.card, meanwhile, end)
  })
}
