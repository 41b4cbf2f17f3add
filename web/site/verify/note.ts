// C2SP signed-note, tlog-checkpoint and tlog-cosignature v1, as far as reading goes. Only Ed25519.
import { ed25519 } from '@noble/curves/ed25519.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { ascii, decimal, hex, join, text, unbase64 } from './bytes'

/** A log's (0x01) or witness's (0x04) public key. */
export interface Key {
  name: string
  usage: 1 | 4
  id: string
  bytes: Uint8Array
}

/** A signature line: who, and what. */
export interface Line {
  name: string
  id: string
  signature: Uint8Array
}

/** A text and the signatures under it; nothing is verified yet. */
export interface Note {
  text: string
  lines: Line[]
}

/** The head of a log. */
export interface Checkpoint {
  origin: string
  size: number
  root: Uint8Array
}

const LIMIT = 128 * 1024
const validName = (name: string) => name !== '' && !/[\s+\p{Cc}]/u.test(name)

/** Reads a verifier key, or null; its id must be that of its name and bytes. */
export function key(value: string): Key | null {
  const [name = '', id = '', ...rest] = value.split('+')
  const material = unbase64(rest.join('+'))
  const usage = material?.[0]
  if (material?.length !== 33 || (usage !== 1 && usage !== 4) || !validName(name)) return null
  const bytes = material.subarray(1)
  if (id !== hex(sha256(join([ascii(`${name}\n`), material])).subarray(0, 4))) return null
  return ed25519.utils.isValidPublicKey(bytes, false) ? { name, usage, id, bytes } : null
}

/** Reads a note, or null. */
export function note(bytes: Uint8Array): Note | null {
  const whole = bytes.length <= LIMIT ? text(bytes) : null
  const at = whole?.lastIndexOf('\n\n') ?? -1
  // eslint-disable-next-line no-control-regex
  if (whole === null || at < 0 || !whole.endsWith('\n') || /[\x00-\x09\x0b-\x1f]/.test(whole)) return null
  const lines: Line[] = []
  for (const line of whole.slice(at + 2, -1).split('\n')) {
    const parts = line.split(' ')
    const blob = parts.length === 3 && parts[0] === '\u2014' ? unbase64(parts[2] ?? '') : null
    if (blob === null || blob.length < 5 || !validName(parts[1] ?? '')) return null
    lines.push({ name: parts[1] ?? '', id: hex(blob.subarray(0, 4)), signature: blob.subarray(4) })
  }
  return lines.length <= 64 ? { text: whole.slice(0, at + 1), lines } : null
}

/** Signature lines that carry a key's name and id. */
export const by = (from: Note, who: Key): Line[] => from.lines.filter((l) => l.name === who.name && l.id === who.id)

function accepts(who: Key, message: string, signature: Uint8Array): boolean {
  return signature.length === 64 && ed25519.verify(signature, ascii(message), who.bytes, { zip215: false })
}

/** Whether the log's key signed the note, and no signature by it is wrong. */
export function signed(from: Note, log: Key): boolean {
  const lines = by(from, log)
  return lines.length > 0 && lines.every((line) => accepts(log, from.text, line.signature))
}

/** Latest time at which a witness cosigned; null when it did not, false when a cosignature by it is wrong. */
export function cosigned(from: Note, witness: Key): number | null | false {
  let latest: number | null = null
  for (const { signature } of by(from, witness)) {
    if (signature.length !== 72) return false
    const time = new DataView(signature.buffer, signature.byteOffset).getBigUint64(0)
    if (!accepts(witness, `cosignature/v1\ntime ${time}\n${from.text}`, signature.subarray(8))) return false
    latest = Math.max(latest ?? 0, Number(time))
  }
  return latest
}

/** Reads a note's text as a checkpoint, or null. */
export function checkpoint(value: string): Checkpoint | null {
  const [origin = '', sizeText, rootText = '', end, ...more] = value.split('\n')
  const [size, root] = [decimal(sizeText), unbase64(rootText)]
  if (origin === '' || size === null || root?.length !== 32 || end !== '' || more.length > 0) return null
  return { origin, size, root }
}
