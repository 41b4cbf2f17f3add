// Receipts: 14 digits of the first 44 bits of a public tag. The search is over the whole list, on this device.

const DIGITS = 14
const BITS = 44n
const ZEROS = ['0', '٠', '۰'].map((zero) => zero.charCodeAt(0))

/** The number of a receipt, or null. Western, Arabic and Persian digits count; blanks and hyphens don't. */
export function parseReceipt(text: string): bigint | null {
  const digits = Array.from(text.replace(/[\s\-\u2010-\u2015]/g, ''), digit)
  if (digits.length !== DIGITS || digits.includes(-1)) return null
  const value = BigInt(digits.join(''))
  return value >> BITS === 0n ? value : null
}

function digit(char: string): number {
  for (const zero of ZEROS) {
    const value = char.charCodeAt(0) - zero
    if (value >= 0 && value <= 9) return value
  }
  return -1
}

/** Whether a tag of the list has this receipt. */
export function find(tags: Uint8Array, receipt: bigint): boolean {
  const view = new DataView(tags.buffer, tags.byteOffset, tags.byteLength)
  let found = false
  // To the end of the list even when found: how long it takes tells nothing.
  for (let at = 0; at + 16 <= tags.length; at += 16) if (view.getBigUint64(at) >> 20n === receipt) found = true
  return found
}
