// Files that the person saves: sealed bytes only, under names that say nothing.
import { h } from './dom'

/** Lets the browser save bytes. */
export function save(blob: Blob, name: string): void {
  // Of no known kind: else browsers add the extension of what they take it for.
  const url = URL.createObjectURL(blob.slice(0, blob.size, 'application/octet-stream'))
  const link = h('a', { href: url, download: name, hidden: true })
  document.body.append(link)
  link.click()
  link.remove()
  // The browser reads the bytes some time after the click; a minute is far more than it takes to begin.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}

const LETTERS = 'abcdefghijkmnpqrstuvwxyz'

/** Ten random letters, no extension. */
export function anyName(): string {
  const random = crypto.getRandomValues(new Uint8Array(10))
  return Array.from(random, (byte) => LETTERS[byte % LETTERS.length]).join('')
}
