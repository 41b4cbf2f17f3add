// Bytes as the log's files write them. Every reader refuses a second way of writing the same bytes.

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Text of UTF-8 bytes, or null. */
export function text(bytes: Uint8Array): string | null {
  try {
    return utf8.decode(bytes)
  } catch {
    return null
  }
}

/** UTF-8 bytes of a text. */
export const ascii = (value: string): Uint8Array => new TextEncoder().encode(value)

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Lower-case hex. */
export function hex(bytes: Uint8Array): string {
  let out = ''
  for (const byte of bytes) out += HEX[byte]
  return out
}

/** Bytes of lower-case hex, or null. */
export function unhex(value: unknown, length: number): Uint8Array | null {
  if (typeof value !== 'string' || value.length !== 2 * length || !/^[0-9a-f]*$/.test(value)) return null
  return Uint8Array.from({ length }, (_, i) => parseInt(value.slice(2 * i, 2 * i + 2), 16))
}

/** Whether two byte strings are the same. */
export function same(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/** One after another. */
export function join(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}

const ALPHABET = ascii('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/')

/** Standard base64 with padding, as ASCII bytes: a whole log is written in it, and `btoa` is slow for that. */
export function base64(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(Math.ceil(bytes.length / 3) * 4).fill(0x3d)
  for (let from = 0, to = 0; from < bytes.length; from += 3, to += 4) {
    const left = bytes.length - from
    const three = ((bytes[from] ?? 0) << 16) | ((bytes[from + 1] ?? 0) << 8) | (bytes[from + 2] ?? 0)
    out[to] = ALPHABET[three >> 18] ?? 0
    out[to + 1] = ALPHABET[(three >> 12) & 63] ?? 0
    if (left > 1) out[to + 2] = ALPHABET[(three >> 6) & 63] ?? 0
    if (left > 2) out[to + 3] = ALPHABET[three & 63] ?? 0
  }
  return out
}

/** Bytes of base64, or null. `atob` forgives blanks and trailing bits; comparing with what we would write does not. */
export function unbase64(value: string): Uint8Array | null {
  try {
    const bytes = Uint8Array.from(atob(value), (c) => c.charCodeAt(0))
    return same(base64(bytes), ascii(value)) ? bytes : null
  } catch {
    return null
  }
}

/** A plain decimal number, or null. */
export function decimal(value: string | undefined): number | null {
  const number = Number(value)
  return Number.isSafeInteger(number) && number >= 0 && String(number) === value ? number : null
}
