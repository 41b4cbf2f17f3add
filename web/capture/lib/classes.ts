// Size classes: many messages share one length, so that a length says little. 1, 2, 3, 4, 6, 8, 12, 16, 24 … MiB.
import { CHUNK, NONCE, TAG, headerLength } from './age'

const MIB = 1024 * 1024
export const MAGIC = 8
export const RECORD = 16 * 1024
/** Largest plaintext unless the intake says otherwise. */
export const CAP = 512 * MIB

/** Plaintext length of the class at a place in the list, from 0. */
const plaintextAt = (index: number): number =>
  MIB * (index === 0 ? 1 : index % 2 === 1 ? 2 ** ((index + 1) / 2) : 3 * 2 ** (index / 2 - 1))

/** Longest clip that fits into a class. */
export const capacity = (plaintext: number): number => plaintext - MAGIC - RECORD

/** Plaintext length of the smallest class that holds a clip; `null` above the cap. */
export function classFor(clip: number, cap: number): number | null {
  for (let i = 0; plaintextAt(i) <= cap; i++) if (clip <= capacity(plaintextAt(i))) return plaintextAt(i)
  return null
}

/** Longest clip of all. */
export function longest(cap: number): number {
  let i = 0
  while (plaintextAt(i + 1) <= cap) i++
  return capacity(plaintextAt(i))
}

/** Length of the sealed file. */
export const sealedLength = (plaintext: number, recipients: number): number =>
  headerLength(recipients) + NONCE + plaintext + (plaintext / CHUNK) * TAG

/** Whether a file of this length can be a sealed message. */
export function isSealedLength(length: number, recipients: number, cap: number): boolean {
  for (let i = 0; plaintextAt(i) <= cap; i++) if (sealedLength(plaintextAt(i), recipients) === length) return true
  return false
}
