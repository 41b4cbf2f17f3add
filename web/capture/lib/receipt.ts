// The receipt: the first 44 bits of a message's public tag, as four words or 14 digits. It opens nothing.
import { HamsedaError } from './errors'
import { readWritten, type WordList } from './words'

const BITS = 44n
const DIGITS = 14
const WORDS = 4

export class Receipt {
  private constructor(private readonly value: bigint) {}

  /** The receipt of a tag (16 bytes). */
  static of(tag: Uint8Array): Receipt {
    return new Receipt(new DataView(tag.buffer, tag.byteOffset, tag.byteLength).getBigUint64(0) >> (64n - BITS))
  }

  /** Four words of one of the lists, or 14 digits. */
  static parse(text: string, lists: readonly WordList[]): Receipt {
    const written = readWritten(text, lists)
    if ('places' in written) {
      if (written.places.length !== WORDS) throw new HamsedaError('word-count', { have: written.places.length, want: WORDS })
      return new Receipt(written.places.reduce((all, place) => (all << 11n) | BigInt(place), 0n))
    }
    const value = BigInt(written.digits.join('') || 0)
    if (written.digits.length !== DIGITS || value >> BITS !== 0n) throw new HamsedaError('digits', { want: DIGITS })
    return new Receipt(value)
  }

  /** Four words in reading order. */
  words(list: WordList): string[] {
    return [33n, 22n, 11n, 0n].map((shift) => list.words[Number((this.value >> shift) & 0x7ffn)]!)
  }

  /** `0123 4567 8901 23` */
  digits(): string {
    return (this.value.toString().padStart(DIGITS, '0').match(/.{1,4}/g) ?? []).join(' ')
  }
}
