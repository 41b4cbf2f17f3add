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

/** Lower-case hex. */
export const hex = (bytes: Uint8Array): string => Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('')

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

/** Standard base64 with padding. */
export function base64(bytes: Uint8Array): string {
  let binary = ''
  for (let i = 0; i < bytes.length; i += 0x8000) binary += String.fromCharCode(...bytes.subarray(i, i + 0x8000))
  return btoa(binary)
}

/** Bytes of base64, or null. `atob` forgives blanks and trailing bits; comparing with what we would write does not. */
export function unbase64(value: string): Uint8Array | null {
  try {
    const bytes = Uint8Array.from(atob(value), (c) => c.charCodeAt(0))
    return base64(bytes) === value ? bytes : null
  } catch {
    return null
  }
}

/** A plain decimal number, or null. */
export function decimal(value: string | undefined): number | null {
  const number = Number(value)
  return Number.isSafeInteger(number) && number >= 0 && String(number) === value ? number : null
}
