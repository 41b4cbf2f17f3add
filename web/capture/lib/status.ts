// Status records, letters to the desk, and the small files of the plain form.
//
// All of fixed length, whatever they say. Refuses: to tell a record of somebody else from a changed one or from the random
// bytes that stand for none; nobody can.
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js'
import { hkdf } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { FILE_KEY, NONCE, header, payloadKey, sealChunk } from './age'
import { concat, random, utf8, type Random } from './bytes'
import { decode, encode, type Cbor } from './cbor'
import type { CodeSecrets } from './code'
import { HamsedaError } from './errors'
import type { Keyset } from './keyset'
import { padded } from './record'

/** In the order of their numbers in the record. */
export const STATUSES = ['arrived', 'review', 'counted', 'held', 'unused', 'withdrawn', 'unreadable'] as const
export type Status = (typeof STATUSES)[number]

export interface StatusRecord {
  status: Status
  /** Days since 1970 of the writing. */
  day: number
  /** Replies of the desk, newest last. */
  replies: string[]
}

/** Length of a status record and of a small file. */
export const SMALL = 4096
const XNONCE = 24
const LETTER = 16 * 1024
/** Longest letter, characters. */
export const LETTER_MAX = 4000

/** Opens the answer of a look-up. `null`: nothing is known of this code. */
export function openRecord(record: Uint8Array, { replyKey, locator }: CodeSecrets): StatusRecord | null {
  if (record.length !== SMALL) return null
  const key = hkdf(sha256, replyKey, undefined, utf8('status record'), 32)
  let plain: Uint8Array
  try {
    plain = xchacha20poly1305(key, record.subarray(0, XNONCE), locator).decrypt(record.subarray(XNONCE))
  } catch {
    return null
  }
  return readRecord(decode(plain))
}

function readRecord(value: Cbor | null): StatusRecord {
  const [version, status, day, replies, more] = value instanceof Map ? [...[0, 1, 2, 3].map((key) => value.get(key)), value.size > 4] : []
  const known = typeof status === 'number' ? STATUSES[status] : undefined
  const texts = Array.isArray(replies) && replies.every((reply) => typeof reply === 'string') ? (replies as string[]) : null
  // It opened, so the desk wrote it: a form this page doesn't know is a newer desk, not an attack.
  if (version !== 1 || more || !known || typeof day !== 'number' || !texts) throw new HamsedaError('status-unreadable')
  return { status: known, day, replies: texts }
}

/** A letter to the desk, 1 to 4,000 characters. */
export function sealLetter(text: string, { replyKey }: CodeSecrets, keyset: Keyset, draw: Random = random): Uint8Array {
  const fileKey = draw(FILE_KEY)
  const head = header(fileKey, keyset.recipients, draw)
  const nonce = draw(NONCE)
  return concat(head, nonce, sealChunk(payloadKey(fileKey, nonce), 0, true, letterPlaintext(text, replyKey)))
}

export function letterPlaintext(text: string, replyKey: Uint8Array): Uint8Array {
  const length = Array.from(text).length
  if (length < 1 || length > LETTER_MAX || /[^\P{Cc}\t\n]|\p{Cs}/u.test(text)) throw new HamsedaError('letter-text', { max: LETTER_MAX })
  const fields = new Map<number, Cbor>([[0, 1], [1, replyKey], [2, text]])
  return padded(concat(utf8('hamsedaL'), encode(fields)), LETTER)
}

/** Small files for the plain form, 4,096 bytes each: `S` asks for the status, `W` withdraws. */
export const smallFile = (kind: 'S' | 'W', secrets: Pick<CodeSecrets, 'locator' | 'withdrawal'>): Uint8Array =>
  padded(concat(utf8(`hamseda${kind}`), kind === 'S' ? secrets.locator : secrets.withdrawal), SMALL)
