// The page "Count it yourself": the recount and the look-up of a receipt, both on the visitor's own device.
//
// Opened from a folder, the log comes as scripts (a browser refuses to fetch there); from a server, as plain files.
import { type Report, recount } from './verify/recount'
import { find, parseReceipt } from './receipt'
import { folder, server } from './source'

const box = document.querySelector<HTMLElement>('[data-recount]')
if (box) {
  const root = box.dataset['recount'] ?? ''
  const shards = (box.dataset['shards'] ?? '').split(' ').filter((n) => n !== '')
  const read = location.protocol === 'file:' ? folder(root, shards) : server(root)
  for (const part of document.querySelectorAll<HTMLElement>('.needs-script')) part.hidden = false
  wireRecount(box, read)
  wireReceipt(read)
}

type Reader = (path: string) => Promise<Uint8Array | null>

function wireRecount(box: HTMLElement, read: Reader): void {
  const button = box.querySelector<HTMLButtonElement>('[data-start]')
  const state = box.querySelector<HTMLElement>('[data-state]')
  if (!button || !state) return
  button.addEventListener('click', () => {
    button.disabled = true
    say(state, state.dataset['wait'], '')
    recount(read, { clips: false, scripts: false })
      .then((report) => show(box, state, report))
      .catch(() => say(state, state.dataset['failed'], 'bad'))
      .finally(() => (button.disabled = false))
  })
}

function say(state: HTMLElement, text: string | undefined, mood: '' | 'good' | 'bad'): void {
  state.textContent = text ?? ''
  state.className = `state ${mood}`
}

function show(box: HTMLElement, state: HTMLElement, report: Report): void {
  const unread = report.faults.every((fault) => fault.code === 'file-unreadable' || fault.code === 'file-missing')
  if (report.ok) say(state, state.dataset['good'], 'good')
  else say(state, unread && !report.finished ? state.dataset['failed'] : state.dataset['bad'], 'bad')
  const table = box.querySelector('table')
  if (table && report.count) {
    for (const cell of table.querySelectorAll<HTMLElement>('[data-figure]')) {
      const value = report.count[(cell.dataset['figure'] ?? '') as keyof typeof report.count] ?? 0
      cell.textContent = digits(box.dataset['lang'] ?? 'en').format(value)
    }
    table.hidden = false
  }
  const list = box.querySelector<HTMLElement>('[data-faults]')
  if (!list) return
  list.hidden = report.faults.length === 0
  list.replaceChildren(...report.faults.slice(0, 20).map((fault) => line(`${fault.path}: ${fault.message}`)))
}

function line(text: string): HTMLElement {
  const item = document.createElement('li')
  item.lang = 'en'
  item.dir = 'ltr'
  item.textContent = text
  return item
}

function digits(lang: string): Intl.NumberFormat {
  const own: Record<string, string> = { fa: 'fa-u-nu-arabext', ar: 'ar-u-nu-arab' }
  return new Intl.NumberFormat(own[lang] ?? lang)
}

function wireReceipt(read: Reader): void {
  const form = document.querySelector<HTMLFormElement>('form.receipt')
  const state = document.querySelector<HTMLElement>('[data-receipt]')
  const input = form?.querySelector('input')
  if (!form || !state || !input) return
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    const receipt = parseReceipt(input.value)
    if (receipt === null) return say(state, form.dataset['bad'], 'bad')
    read('log/tags.bin').then(
      (tags) => {
        const there = tags !== null && find(tags, receipt)
        say(state, there ? form.dataset['yes'] : form.dataset['no'], there ? 'good' : '')
      },
      () => say(state, form.dataset['failed'], 'bad'),
    )
  })
}
