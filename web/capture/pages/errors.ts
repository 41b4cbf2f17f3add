// Which sentence a failure gets. What the sentence says next stands in the text itself.
import { HamsedaError } from '../lib/index'
import type { Texts } from './texts'

const SENTENCES: Record<string, string> = {
  'keyset-signature': 'err-keyset-signature',
  'keyset-other-campaign': 'err-keyset-signature',
  'keyset-expired': 'err-keyset-expired',
  'seal-too-long': 'err-large',
  'seal-read': 'err-read',
  'record-pseudonym': 'err-name',
  'clip-unknown': 'err-clip',
  'clip-codec': 'err-clip',
  'clip-damaged': 'err-clip',
  'clip-empty': 'err-empty',
  'media-missing': 'err-media',
  'camera-denied': 'err-camera-denied',
  'camera-missing': 'err-camera-missing',
  'camera-lost': 'err-camera-lost',
  'store-full': 'err-storage',
  'store-lost': 'err-lost',
  'upload-refused': 'err-refused',
  'upload-full': 'err-full',
  'upload-gone': 'err-network',
  'upload-line': 'err-network',
  'word-unknown': 'mycode-unknown',
  'word-count': 'mycode-count',
  digits: 'mycode-wrong',
  'word-mixed': 'mycode-mixed',
  'words-missing': 'err-media',
  'status-unreadable': 'err-wrong-file',
  'letter-text': 'letter-long',
  'letter-too-long': 'letter-long',
  aborted: 'work-stopped',
}

/** The stable code of a failure. */
export const codeOf = (error: unknown): string => (error instanceof HamsedaError ? error.code : 'page')

/** What happened and what to do, in the page's language. */
export function sentence(error: unknown, texts: Texts): string {
  const code = codeOf(error)
  const facts = error instanceof HamsedaError ? error.facts : {}
  const id = SENTENCES[code] ?? (code.startsWith('keyset-') ? 'err-keyset-form' : 'err-other')
  const near = String(facts['near'] ?? '').split(' ').filter((word) => word !== '')
  const perhaps = near.length > 0 ? `. ${texts.say('mycode-near', { what: texts.list(near) })}` : ''
  return texts.say(id, {
    ...facts,
    code,
    size: texts.mb(Number(facts['max'] ?? 0)),
    count: Number(facts['have'] ?? facts['over'] ?? facts['max'] ?? 0),
    n: Number(facts['place'] ?? 0),
  }) + perhaps
}
