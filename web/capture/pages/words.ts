// Receipt and code as people write them down: numbered words in the page's direction, digits where it has no list.
import { type Code, type Lang, type Receipt, loadWords } from '../lib/index'
import { h } from './dom'
import type { Texts } from './texts'

/** Words or digits, as a numbered list. */
export async function numbered(what: Receipt | Code, texts: Texts): Promise<HTMLElement> {
  const list = await loadWords(texts.lang as Lang).catch(() => null)
  if (list) return box(what.words(list), list.lang, texts.dir)
  const groups = what.digits()
  return box(typeof groups === 'string' ? groups.split(' ') : groups, 'en', 'ltr')
}

function box(words: string[], lang: string, dir: 'ltr' | 'rtl'): HTMLElement {
  return h('ol', { class: 'words', lang, dir, translate: 'no' }, ...words.map((word) => h('li', {}, word)))
}

/** Said above words in pages that are written from the right. */
export const order = (texts: Texts): HTMLElement | null =>
  texts.dir === 'rtl' ? h('p', { class: 'small' }, texts.say('words-order')) : null
