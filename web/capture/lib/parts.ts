// Parts: a sealed file cut into numbered pieces of at most 8 MiB, for forms and sticks that can't resume.
//
// Refuses: names that tell anything. Reads the file once, for its SHA-256; the parts stay slices of it.
import { sha256 } from '@noble/hashes/sha2.js'
import { be, concat, random, utf8 } from './bytes'
import { checkAborted } from './errors'
import { pieces } from './pieces'

const HEADER = 128
const PART_MAX = 8 * 1024 * 1024
const PAYLOAD = PART_MAX - HEADER

export interface Part {
  /** Random letters, no extension; names are in the order of the parts. */
  readonly name: string
  /** From 0. */
  readonly index: number
  readonly count: number
  /** At most 8 MiB. */
  readonly blob: Blob
}

export interface SplitOptions {
  onProgress?: (bytes: number) => void
  signal?: AbortSignal
  /** Payload bytes of all parts but the last: 64 KiB to 8 MiB less the header. */
  payload?: number
}

/** Cuts a sealed file. */
export async function splitParts(sealed: Blob, handle: Uint8Array, options: SplitOptions = {}): Promise<Part[]> {
  const payload = options.payload ?? PAYLOAD
  const count = Math.max(1, Math.ceil(sealed.size / payload))
  const hash = sha256.create()
  let read = 0
  for await (const piece of pieces(sealed)) {
    checkAborted(options.signal)
    hash.update(piece)
    options.onProgress?.((read += piece.length))
  }
  const digest = hash.digest()
  // In the order of the parts: who is told that the third is missing finds it among the files.
  const names = Array.from({ length: count }, randomName).sort()
  return names.map((name, index) => {
    const offset = index * payload
    const body = sealed.slice(offset, offset + payload)
    const head = partHeader({ index, count, total: sealed.size, offset, length: body.size, handle, digest })
    return { name, index, count, blob: new Blob([head as BlobPart, body]) }
  })
}

interface Head {
  index: number
  count: number
  total: number
  offset: number
  length: number
  handle: Uint8Array
  digest: Uint8Array
}

export function partHeader({ index, count, total, offset, length, handle, digest }: Head): Uint8Array {
  const fields = [utf8('hamsedap'), Uint8Array.of(1, 0, 0, 0), be(index, 2), be(count, 2), be(total, 8), be(offset, 8), be(length, 4), handle, digest]
  const header = new Uint8Array(HEADER)
  header.set(concat(...fields))
  return header
}

/** Twelve random letters: a file name that says nothing, not even what kind of file it is. */
export const randomName = (): string => Array.from(random(12), (byte) => String.fromCharCode(97 + (byte % 26))).join('')
