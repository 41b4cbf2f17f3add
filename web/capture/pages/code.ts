// A code in use: where the message stands, answers, a letter, taking it back. The code stays on the device.
import { type CodeSecrets, Code, loadAllWords, lookUp, openRecord, sealLetter, sendLetter, smallFile, withdraw } from '../lib/index'
import type { Context } from './context'
import { freshId, h, plain, status } from './dom'
import { sentence } from './errors'
import { anyName, save } from './save'
import { alertBox } from './shell'

/** Asks for a code, and shows what it opens. */
export function askCode(context: Context, back: (() => void) | null): void {
  const { texts, shell, keyset } = context
  const id = freshId()
  const field = h('textarea', { id, rows: 4, autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false' })
  const alert = alertBox()
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault()
    alert.say('')
    try {
      const secrets = Code.parse(field.value, await loadAllWords()).secrets(keyset.origin)
      const record = context.offline ? null : await lookUp('/', secrets)
      field.value = ''
      if (record) online(context, secrets, record)
      else offline(context, secrets, () => askCode(context, back))
    } catch (error) {
      alert.say(sentence(error, texts))
    }
  }
  // No name and no action: should this form ever be posted, the code is not in it.
  shell.show(0, texts.say('mycode-heading'),
    h('p', { class: 'lead' }, texts.say('mycode-lead')),
    h('form', { novalidate: true, submit: (event) => void submit(event) },
      h('label', { for: id }, texts.say('mycode-label')), field, alert.box,
      h('button', { type: 'submit' }, texts.say('mycode-open')),
      back ? plain(texts.say('back'), back) : null))
}

function online(context: Context, secrets: CodeSecrets, record: Uint8Array): void {
  const { texts, shell } = context
  shell.show(0, texts.say('status-heading'), ...standing(context, secrets, record),
    letter(context, secrets), withdrawal(context, secrets),
    plain(texts.say('mycode-other'), () => askCode(context, null)))
}

/** What a status record says. */
function standing({ texts }: Context, secrets: CodeSecrets, bytes: Uint8Array): HTMLElement[] {
  const record = openRecord(bytes, secrets)
  if (!record) return [h('p', { class: 'lead', role: 'status' }, texts.say('status-unknown'))]
  const replies = [...record.replies].reverse().map((reply) => h('blockquote', { class: 'reply', dir: 'auto' }, reply))
  return [
    h('p', { class: 'lead good', role: 'status' }, texts.say(`status-${record.status}`)),
    h('p', { class: 'small' }, texts.say('status-day', { day: texts.day(record.day) })),
    h('h2', {}, texts.say('replies-heading')),
    ...(replies.length > 0 ? replies : [h('p', {}, texts.say('replies-none'))]),
  ]
}

function letter(context: Context, secrets: CodeSecrets): HTMLElement {
  const { texts, keyset, offline } = context
  const id = freshId()
  const field = h('textarea', { id, rows: 6, dir: 'auto', autocomplete: 'off' })
  const alert = alertBox()
  const done = status('good')
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault()
    alert.say('')
    done.textContent = ''
    if (field.value.trim() === '') return alert.say(texts.say('letter-empty'))
    try {
      const sealed = sealLetter(field.value.trim(), secrets, keyset)
      if (offline) save(new Blob([sealed as BlobPart]), anyName())
      else await sendLetter('/', sealed)
      field.value = ''
      done.textContent = texts.say(offline ? 'letter-saved' : 'letter-sent')
    } catch (error) {
      alert.say(sentence(error, texts))
    }
  }
  return h('section', { class: 'card' }, h('h2', {}, texts.say('letter-heading')),
    h('form', { novalidate: true, submit: (event) => void submit(event) },
      h('label', { for: id }, texts.say('letter-label')), field, alert.box, done,
      h('button', { type: 'submit', class: 'plain' }, texts.say(offline ? 'letter-save' : 'letter-send'))))
}

/** Taking back is asked twice. */
function withdrawal({ texts }: Context, secrets: CodeSecrets): HTMLElement {
  const alert = alertBox()
  const done = status('good')
  const buttons = h('div', {})
  const first = (): void => buttons.replaceChildren(plain(texts.say('withdraw-go'), second))
  const second = (): void => {
    const sure = h('button', { type: 'button', class: 'danger', click: () => void go() }, texts.say('withdraw-go'))
    buttons.replaceChildren(h('p', { class: 'note' }, texts.say('withdraw-sure')), plain(texts.say('withdraw-keep'), first), sure)
  }
  const go = async (): Promise<void> => {
    try {
      await withdraw('/', secrets.withdrawal)
      buttons.replaceChildren()
      done.textContent = texts.say('withdraw-done')
    } catch (error) {
      alert.say(sentence(error, texts))
    }
  }
  first()
  return h('section', { class: 'card' }, h('h2', {}, texts.say('withdraw-heading')), h('p', {}, texts.say('withdraw-lead')), buttons, alert.box, done)
}

/** Without network: small files for the plain page, and opening what it gave back. */
function offline(context: Context, secrets: CodeSecrets, other: () => void): void {
  const { texts, shell } = context
  const file = (kind: 'S' | 'W'): void => save(new Blob([smallFile(kind, secrets) as BlobPart]), anyName())
  const answer = h('div', {})
  const id = freshId()
  const input = h('input', { id, type: 'file', change: () => void open() })
  const open = async (): Promise<void> => {
    const picked = input.files?.[0]
    if (!picked) return
    const bytes = new Uint8Array(await picked.slice(0, 4097).arrayBuffer())
    if (bytes.length !== 4096) return answer.replaceChildren(h('p', { class: 'error', role: 'alert' }, texts.say('err-wrong-file')))
    try {
      answer.replaceChildren(...standing(context, secrets, bytes))
    } catch (error) {
      answer.replaceChildren(h('p', { class: 'error', role: 'alert' }, sentence(error, texts)))
    }
  }
  shell.show(0, texts.say('mycode-files'),
    h('section', { class: 'card' }, h('h2', {}, texts.say('status-heading')),
      plain(texts.say('mycode-file-status'), () => file('S')),
      h('label', { for: id }, texts.say('mycode-answer')), input, answer),
    letter(context, secrets),
    h('section', { class: 'card' }, h('h2', {}, texts.say('withdraw-heading')), h('p', {}, texts.say('withdraw-lead')),
      plain(texts.say('mycode-file-withdraw'), () => file('W'))),
    plain(texts.say('mycode-other'), other))
}
