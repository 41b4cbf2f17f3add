// The offline sealer: the same steps as the sending page, from a file, for the campaign whose file it is given.
//
// Refuses: any connection (its own policy allows none), and to seal before the person has seen the key set's digits.
import { type Store, loadKeyset, openStore, today, wipeOnExit } from './lib/index'
import { askCode } from './pages/code'
import { type Context, freshAnswers } from './pages/context'
import { digits, freshId, h } from './pages/dom'
import { sentence } from './pages/errors'
import { flow } from './pages/flow'
import { readKit } from './pages/kit'
import { Shell, alertBox } from './pages/shell'
import { Texts } from './pages/texts'

const said = JSON.parse(document.querySelector<HTMLTemplateElement>('#texts')?.content.textContent ?? '{}') as Record<string, Record<string, string>>
const NAMES: Record<string, string> = { fa: 'فارسی', ar: 'العربية', en: 'English', fr: 'français', de: 'Deutsch', es: 'español', ku: 'kurdî', tr: 'Türkçe' }

/** The language the browser asks for, else the first. */
function wished(): string {
  const codes = Object.keys(said)
  return navigator.languages.map((tag) => tag.split('-')[0] ?? '').find((code) => codes.includes(code)) ?? codes[0] ?? 'en'
}

function start(root: HTMLElement, store: Store, lang: string): void {
  const texts = new Texts(lang, said[lang] ?? {})
  document.documentElement.lang = lang
  document.documentElement.dir = texts.dir
  document.title = texts.say('offline')
  const inner = h('div', {})
  const nav = h('ul', { class: 'langs' }, ...Object.keys(said).map((code) => h('li', {},
    h('button', { type: 'button', class: 'link', lang: code, 'aria-current': code === lang ? 'true' : null, click: () => start(root, store, code) }, NAMES[code] ?? code))))
  root.replaceChildren(h('nav', { 'aria-label': Object.keys(said).map((code) => NAMES[code]).join(' ') }, nav), inner)
  pickKit(new Shell(inner, texts), store)
}

function pickKit(shell: Shell, store: Store): void {
  const { texts } = shell
  const alert = alertBox()
  const found = h('div', {})
  const id = freshId()
  const input = h('input', { id, type: 'file', accept: '.json,application/json,*/*', change: () => void take() })
  const take = async (): Promise<void> => {
    const file = input.files?.[0]
    if (!file) return
    alert.say('')
    found.replaceChildren()
    try {
      const { keyset: bytes, facts } = readKit(await file.slice(0, 4 << 20).text())
      const keyset = loadKeyset(bytes, facts.campaignKey, today())
      const context: Context = { texts, shell, facts, keyset, store, answers: freshAnswers(texts.lang, true), offline: true, token: null }
      found.replaceChildren(
        h('h2', {}, texts.say('hash-heading')), h('p', {}, texts.say('hash-note')), digits(keyset.hash),
        h('p', { class: 'small' }, texts.say('hash-until', { day: texts.day(keyset.expires) })),
        h('button', { type: 'button', click: () => menu(context) }, texts.say('hash-same')))
    } catch (error) {
      alert.say(sentence(error, texts))
    }
  }
  shell.show(0, texts.say('offline'),
    h('p', { class: 'lead' }, texts.say('offline-lead')),
    h('h2', {}, texts.say('kit-heading')), h('p', {}, texts.say('kit-lead')),
    h('label', { for: id }, texts.say('kit-pick')), input, alert.box, found,
    h('p', { class: 'small' }, texts.say('self-note')))
}

function menu(context: Context): void {
  const { texts, shell } = context
  const entry = (id: string, go: () => void): HTMLElement =>
    h('button', { type: 'button', class: 'opt', click: go },
      h('span', { class: 'says' }, h('b', {}, texts.say(id)), h('span', { class: 'line' }, texts.say(`${id}-note`))))
  shell.show(0, texts.say('menu-heading'),
    entry('menu-seal', () => void flow(context, [])),
    entry('menu-code', () => askCode(context, () => menu(context))))
}

const root = document.querySelector<HTMLElement>('#app')
if (root) {
  void openStore().then((store) => {
    wipeOnExit(store)
    start(root, store, wished())
  })
}
