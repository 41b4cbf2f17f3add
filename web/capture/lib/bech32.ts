// Bech32 without a length limit, reading only: a hybrid recipient is about 1,960 characters long, BIP 173 stops at 90.
//
// Refuses: upper case and padding bits that aren't zero, so one key has one text.

const CHARS = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3]

/** Data of a text with exactly this prefix, or null. */
export function bech32(prefix: string, text: string): Uint8Array | null {
  if (!text.startsWith(`${prefix}1`) || text.length < prefix.length + 7) return null
  const values = Array.from(text.slice(prefix.length + 1), (char) => CHARS.indexOf(char))
  if (values.includes(-1)) return null
  const codes = Array.from(prefix, (char) => char.charCodeAt(0))
  if (polymod([...codes.map((c) => c >> 5), 0, ...codes.map((c) => c & 31), ...values]) !== 1) return null
  return regroup(values.slice(0, -6))
}

function polymod(values: readonly number[]): number {
  let check = 1
  for (const value of values) {
    const top = check >>> 25
    check = ((check & 0x1ffffff) << 5) ^ value
    for (let i = 0; i < 5; i++) if ((top >> i) & 1) check ^= GENERATOR[i]!
  }
  return check
}

function regroup(values: readonly number[]): Uint8Array | null {
  const bytes = new Uint8Array((values.length * 5) >> 3)
  let [held, have, at] = [0, 0, 0]
  for (const value of values) {
    held = ((held << 5) | value) & 0xfff
    have += 5
    if (have >= 8) {
      have -= 8
      bytes[at++] = held >> have
    }
  }
  return have < 5 && (held & ((1 << have) - 1)) === 0 ? bytes : null
}
