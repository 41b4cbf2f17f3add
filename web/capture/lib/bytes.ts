// Bytes and their texts. Strict where it reads: one meaning has one text.

const encoder = new TextEncoder()

export const utf8 = (text: string): Uint8Array => encoder.encode(text)

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

export function equal(a: Uint8Array, b: Uint8Array): boolean {
  let differs = a.length ^ b.length
  for (let i = 0; i < Math.min(a.length, b.length); i++) differs |= a[i]! ^ b[i]!
  return differs === 0
}

export const toHex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

/** Lower-case hex of exactly `length` bytes, or null. */
export function fromHex(text: string, length: number): Uint8Array | null {
  if (text.length !== length * 2 || !/^[0-9a-f]*$/.test(text)) return null
  return Uint8Array.from({ length }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16))
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** Base64 without padding. */
export const base64 = (bytes: Uint8Array): string => spell(bytes, 6, `${DIGITS}+/`)
/** Base64 for addresses and headers, without padding. */
export const base64url = (bytes: Uint8Array): string => spell(bytes, 6, `${DIGITS}-_`)
/** Base32 in lower case, without padding: what a file name can hold everywhere. */
export const base32 = (bytes: Uint8Array): string => spell(bytes, 5, BASE32)

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'

function spell(bytes: Uint8Array, bits: number, digits: string): string {
  let text = ''
  let held = 0
  let have = 0
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xffff
    have += 8
    while (have >= bits) {
      have -= bits
      text += digits[(held >> have) & ((1 << bits) - 1)]
    }
  }
  if (have > 0) text += digits[(held << (bits - have)) & ((1 << bits) - 1)]
  return text
}

/** Reads `base32`; null for anything it would not have written. */
export function fromBase32(text: string): Uint8Array | null {
  const bytes = new Uint8Array((text.length * 5) >> 3)
  let held = 0
  let have = 0
  let at = 0
  for (const char of text) {
    const value = BASE32.indexOf(char)
    if (value < 0) return null
    held = ((held << 5) | value) & 0xffff
    have += 5
    if (have >= 8) {
      have -= 8
      bytes[at++] = held >> have
    }
  }
  return base32(bytes) === text ? bytes : null
}

/** Big-endian. */
export function be(value: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  for (let i = length - 1; i >= 0; i--) {
    bytes[i] = value % 256
    value = Math.floor(value / 256)
  }
  return bytes
}

/** Fresh randomness of the browser, in pieces as large as it allows. */
export function random(length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  for (let at = 0; at < length; at += 65536) crypto.getRandomValues(bytes.subarray(at, at + 65536))
  return bytes
}

/** Where randomness comes from: an argument, so that tests can follow a recipe. */
export type Random = (length: number) => Uint8Array

/**
 * Gives the memory of bytes that were used up back at once: browsers let tens of megabytes of such pieces pile up before
 * they look. Only where the bytes are a buffer's whole content, and where the browser can; the bytes are gone after it. Not
 * for what a blob's `arrayBuffer` gave: Chromium then forgets to look at all.
 */
export function free(bytes: Uint8Array): void {
  const buffer = bytes.buffer as ArrayBuffer & { transfer?: (length: number) => ArrayBuffer }
  if (bytes.byteLength === buffer.byteLength) buffer.transfer?.(0)
}
