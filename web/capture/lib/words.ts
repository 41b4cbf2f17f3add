// Lists of 2,048 words, and reading what a person copied by hand: words of one list, or digits of three scripts.
//
// Folds as the Rust side does (crates/shared/seal/src/words). Refuses: to guess. A word that is in no list is named by its
// place, with those it may have been; words and digits together are not read.
import { HamsedaError } from './errors'
import type { Lang } from './record'
import { loadScript } from './load'

export const WORD_COUNT = 2048
export const WORD_LANGS = ['fa', 'ar', 'en'] as const
export type WordLang = (typeof WORD_LANGS)[number]

/** The words of one language in their order. */
export class WordList {
  private readonly spelled = new Map<string, number>()
  private readonly heard = new Map<string, number>()
  private sounds: string[][] | null = null

  constructor(
    readonly lang: WordLang,
    readonly words: readonly string[],
  ) {
    if (words.length !== WORD_COUNT) throw new HamsedaError('words-missing', { lang })
    words.forEach((word, index) => {
      this.spelled.set(spelling(word), index)
      this.heard.set(sound(word), index)
    })
  }

  /** The place of a word as a person wrote it, or null. */
  index(word: string): number | null {
    return this.spelled.get(spelling(word)) ?? this.heard.get(sound(word)) ?? null
  }

  /** Up to three words that differ least from this one. */
  near(word: string): string[] {
    const letters = Array.from(sound(word))
    let best = letters.length > 3 ? 2 : 1
    let near: string[] = []
    this.sounds ??= this.words.map((other) => Array.from(sound(other)))
    this.sounds.forEach((other, index) => {
      if (Math.abs(other.length - letters.length) > best) return
      const count = slips(letters, other)
      if (count < best) [best, near] = [count, []]
      if (count === best && near.length < 3) near.push(this.words[index]!)
    })
    return near
  }
}

/** Where the scripts `words-fa.js` … put their lists; the offline page brings them all along. */
declare global {
  // eslint-disable-next-line no-var
  var hamsedaWords: Partial<Record<WordLang, string>> | undefined
}

const lists = new Map<WordLang, WordList>()

/** The list of a language: loaded when first asked for; `null` where the language has none and digits are used. */
export async function loadWords(lang: Lang): Promise<WordList | null> {
  const own = WORD_LANGS.find((one) => one === lang)
  if (!own) return null
  if (!globalThis.hamsedaWords?.[own] && !lists.has(own)) {
    await loadScript(`words-${own}.js`).catch((error) => {
      throw new HamsedaError('words-missing', { lang }, error)
    })
  }
  const list = lists.get(own) ?? new WordList(own, (globalThis.hamsedaWords?.[own] ?? '').trim().split('\n'))
  lists.set(own, list)
  return list
}

/** Every list there is, for reading a code or receipt in whatever language it was written down. */
export const loadAllWords = async (): Promise<WordList[]> =>
  (await Promise.all(WORD_LANGS.map(loadWords))).filter((list) => list !== null)

export type Written = { places: number[] } | { digits: number[] }

/** Reads words or digits. Small numbers that count words ("1 acid 2 actor") are passed over. */
export function readWritten(text: string, among: readonly WordList[]): Written {
  const tokens = text.replace(MARKS, '').split(PARTS).filter((token) => token !== '')
  const numbers = tokens.map(digitsOf)
  if (numbers.every((digits) => digits !== null)) return { digits: numbers.flatMap((digits) => digits ?? []) }
  const given = tokens.filter((_, i) => (numbers[i]?.length ?? 3) > 2)
  if (given.some((token) => digitsOf(token) !== null)) throw new HamsedaError('word-mixed')
  return { places: ofOneList(given, among) }
}

// Marks of direction, which pages put around a code and a copy brings along.
const MARKS = /[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff]/g
const PARTS = /[\s\-–,،;؛.:()/]+/u

/** Places of words in the list that knows most of them. No word stands in two lists. */
function ofOneList(given: readonly string[], among: readonly WordList[]): number[] {
  const known = (list: WordList): number => given.filter((word) => list.index(word) !== null).length
  const best = among.reduce<WordList | null>((a, b) => (a === null || known(b) > known(a) ? b : a), null)
  if (!best) throw new HamsedaError('words-missing')
  return given.map((word, at) => {
    const place = best.index(word)
    if (place !== null) return place
    if (among.some((list) => list.index(word) !== null)) throw new HamsedaError('word-mixed')
    throw new HamsedaError('word-unknown', { word, place: at + 1, near: best.near(word).join(' ') })
  })
}

function digitsOf(token: string): number[] | null {
  const digits = Array.from(token, digit)
  return digits.includes(-1) ? null : digits
}

/** The value of a Western, Arabic or Persian digit, or -1. */
function digit(char: string): number {
  for (const zero of [0x30, 0x660, 0x6f0]) {
    const value = char.charCodeAt(0) - zero
    if (value >= 0 && value <= 9) return value
  }
  return -1
}

// Vowel marks, hamza, madda, dagger alif; tatweel; joiners and direction marks; soft hyphen; a lone hamza.
const DROPPED = /[\u064b-\u065f\u0670\u0640\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\u00ad\u0621]/g

const swapper = (pairs: Readonly<Record<string, string>>) => {
  const swaps = new Map(Object.entries(pairs).flatMap(([to, from]) => Array.from(from, (char) => [char, to] as const)))
  return (text: string): string => Array.from(text, (char) => swaps.get(char) ?? char).join('')
}
const oneLetter = swapper({ ا: 'أإآٱ', ی: 'يىئې', ک: 'ك', و: 'ؤ', ه: 'ةۀەہھ' })
const oneSound = swapper({ ت: 'ط', س: 'صث', ز: 'ذضظ', ق: 'غ', ه: 'ح' })

/** The word without what keyboards and hands add or change. */
const spelling = (word: string): string => oneLetter(word.toLowerCase().replace(DROPPED, ''))
/** The spelling without differences that a bad line swallows. */
const sound = (word: string): string => oneSound(spelling(word))

/** How many letters were left out, added, changed or swapped with their neighbour. */
function slips(a: readonly string[], b: readonly string[]): number {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      let least = Math.min(last[j - 1]! + Number(a[i - 1] !== b[j - 1]), last[j]! + 1, row[j - 1]! + 1)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, before[j - 2]! + 1)
      row.push(least)
    }
    ;[before, last] = [last, row]
  }
  return last[b.length]!
}
