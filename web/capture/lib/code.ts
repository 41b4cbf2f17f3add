// A code: ten words that open a message's status and replies, and take it back. Optional; made and used on the device.
//
// 110 random bits; everything follows by HKDF alone (a memory-hard function would take minutes without JIT). Refuses: to
// leave the device. A server gets a locator, or the withdrawal secret of one message when that is to be taken back.
import { expand, extract, hkdf } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { random, utf8, type Random } from './bytes'
import { HamsedaError } from './errors'
import { WORD_COUNT, readWritten, type WordList } from './words'

const WORDS = 10
const DIGITS = 4
const LENGTH = 14

/** What a code gives within one campaign. */
export interface CodeSecrets {
  /** Key for status and replies; travels inside the seal. */
  replyKey: Uint8Array
  /** Sent only to withdraw. */
  withdrawal: Uint8Array
  /** What a look-up sends. */
  locator: Uint8Array
}

export class Code {
  private constructor(private readonly indices: readonly number[]) {}

  /** 110 fresh bits. */
  static draw(source: Random = random): Code {
    const bits = source(LENGTH).reduce((all, byte) => (all << 8n) | BigInt(byte), 0n)
    return new Code(Array.from({ length: WORDS }, (_, at) => Number((bits >> BigInt(11 * (WORDS - 1 - at))) & 0x7ffn)))
  }

  /** Ten words of one of the lists, or ten groups of four digits; forgiving about what hands and keyboards change. */
  static parse(text: string, lists: readonly WordList[]): Code {
    const written = readWritten(text, lists)
    if ('places' in written) {
      if (written.places.length !== WORDS) throw new HamsedaError('word-count', { have: written.places.length, want: WORDS })
      return new Code(written.places)
    }
    const { digits } = written
    if (digits.length !== WORDS * DIGITS) throw new HamsedaError('word-count', { have: digits.length, want: WORDS * DIGITS })
    const groups = Array.from({ length: WORDS }, (_, at) => digits.slice(at * DIGITS, (at + 1) * DIGITS).reduce((n, d) => n * 10 + d, 0))
    const wrong = groups.findIndex((group) => group >= WORD_COUNT)
    if (wrong >= 0) throw new HamsedaError('digits', { place: wrong + 1 })
    return new Code(groups)
  }

  /** Ten words in reading order. */
  words(list: WordList): string[] {
    return this.indices.map((index) => list.words[index]!)
  }

  /** Ten groups of four digits, for languages without a list. */
  digits(): string[] {
    return this.indices.map((index) => String(index).padStart(DIGITS, '0'))
  }

  /** What the code gives in the campaign of this origin (`Keyset.origin`). */
  secrets(origin: string): CodeSecrets {
    const bits = this.indices.reduce((all, index) => (all << 11n) | BigInt(index), 0n)
    const bytes = Uint8Array.from({ length: LENGTH }, (_, at) => Number((bits >> BigInt(8 * (LENGTH - 1 - at))) & 0xffn))
    const root = extract(sha256, bytes, sha256(utf8(`hamseda/code/v1\n${origin}`)))
    const replyKey = expand(sha256, root, utf8('reply key'), 32)
    const withdrawal = expand(sha256, root, utf8('withdrawal'), 32)
    return { replyKey, withdrawal, locator: hkdf(sha256, replyKey, undefined, utf8('locator'), 32) }
  }
}
