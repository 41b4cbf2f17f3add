// The script of the pages for sending and for codes. The page says which it is; what it needs stands in its templates.
//
// Refuses: to begin without a key set that the campaign signed and that has not run out; to store anything readable; to
// fetch from elsewhere. Storage is wiped when the page is left.
import { type Keyset, type Remains, type Store, loadKeyset, openStore, takeToken, today, wipeOnExit } from './lib/index'
import { askCode } from './pages/code'
import { type Context, type Facts, freshAnswers } from './pages/context'
import { digits, h } from './pages/dom'
import { sentence } from './pages/errors'
import { wireExit } from './pages/exit'
import { flow } from './pages/flow'
import { Shell } from './pages/shell'
import { Texts } from './pages/texts'

let store: Store | null = null

const json = (id: string): unknown => JSON.parse(document.querySelector<HTMLTemplateElement>(`#${id}`)?.content.textContent ?? '{}')

/** The campaign's key set from the server, checked; a wrong one ends everything. */
async function keys(facts: Facts): Promise<Keyset> {
  const response = await fetch('/keyset', { cache: 'no-store', credentials: 'omit', referrerPolicy: 'no-referrer' })
  if (!response.ok) throw new Error(`key set: ${response.status}`)
  return loadKeyset(new Uint8Array(await response.arrayBuffer()), facts.campaignKey, today())
}

async function start(root: HTMLElement): Promise<void> {
  const facts = json('facts') as Facts
  const texts = new Texts(document.documentElement.lang, json('texts') as Record<string, string>)
  const shell = new Shell(root, texts)
  wireExit(() => store)
  document.querySelector<HTMLDetailsElement>('details#plain')?.removeAttribute('open')
  const token = root.dataset['page'] === 'send' ? takeToken() : null
  let keyset: Keyset
  try {
    keyset = await keys(facts)
  } catch (error) {
    return refuse(shell, texts, error)
  }
  store = await openStore()
  const answers = freshAnswers(texts.lang, false)
  const context: Context = { texts, shell, facts, keyset, store, answers, offline: false, token }
  if (root.dataset['page'] === 'code') return askCode(context, null)
  wipeOnExit(store)
  return flow(context, await kept(store))
}

/** What an earlier visit left because the person wanted it so. What a tab left that died is removed. */
async function kept(store: Store): Promise<Remains[]> {
  const remains = await store.remains()
  await Promise.all(remains.filter((left) => left.upload === null).map((left) => left.file.remove()))
  return remains.filter((left) => left.upload !== null)
}

/** A key set that can't be trusted, or none: nothing else is offered. */
function refuse(shell: Shell, texts: Texts, error: unknown): void {
  const known = error instanceof Error && error.name === 'HamsedaError'
  if (known) {
    const hash = (error as { facts?: Record<string, string> }).facts?.['hash']
    return shell.show(0, texts.say('keys-heading'), h('p', { class: 'error', role: 'alert' }, sentence(error, texts)),
      h('p', {}, texts.say('keys-next')), hash ? digits(hash) : null)
  }
  shell.show(0, texts.say('down-heading'), h('p', { class: 'error', role: 'alert' }, texts.say('err-network')),
    h('button', { type: 'button', click: () => location.reload() }, texts.say('again')))
}

const root = document.querySelector<HTMLElement>('#app')
if (root) void start(root)
