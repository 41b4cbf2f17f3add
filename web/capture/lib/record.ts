// The record inside a seal: what the contributor chose and the facts the log needs. Always 16 KiB, always last.
import { RECORD } from './classes'
import { encode, type Cbor } from './cbor'
import { utf8 } from './bytes'
import { HamsedaError } from './errors'

export type Picture = 'hide' | 'mask' | 'show'
export type Voice = 'mute' | 'alter' | 'keep'
export const LANGS = ['fa', 'ar', 'en', 'fr', 'de', 'es', 'ku', 'tr'] as const
export type Lang = (typeof LANGS)[number]

/** Everything a contributor decides. Travels inside the seal. */
export interface Choices {
  picture: Picture
  voice: Voice
  /** Language spoken. */
  lang: Lang
  /** Place id of campaign.toml; `null` shows none. */
  place: string | null
  /** 1 to 40 characters, no control characters; `null` shows none. */
  pseudonym: string | null
  uses: { film: boolean; wall: boolean; count: boolean; testimony: boolean }
}

export interface Record {
  clipLength: number
  choices: Choices
  tag: Uint8Array
  rCommitment: Uint8Array
  wCommitment: Uint8Array
  replyKey: Uint8Array | null
}

const PSEUDONYM = 40
const PICTURES = ['hide', 'mask', 'show']
const VOICES = ['mute', 'alter', 'keep']

/** Refuses choices that can't be written, before anything is sealed. */
export function checkChoices(choices: Choices): void {
  const { picture, voice, lang, place, pseudonym } = choices
  const name = pseudonym === null ? null : Array.from(pseudonym)
  if (name && (name.length < 1 || name.length > PSEUDONYM || /[\p{Cc}\p{Cs}]/u.test(pseudonym ?? ''))) {
    throw new HamsedaError('record-pseudonym', { max: PSEUDONYM })
  }
  if (place !== null && !/^[a-z0-9-]{1,32}$/.test(place)) throw new HamsedaError('record-field', { field: 'place' })
  if (!PICTURES.includes(picture)) throw new HamsedaError('record-field', { field: 'picture' })
  if (!VOICES.includes(voice)) throw new HamsedaError('record-field', { field: 'voice' })
  if (!LANGS.includes(lang)) throw new HamsedaError('record-field', { field: 'lang' })
}

/** The record's block. */
export function recordBlock({ clipLength, choices, tag, rCommitment, wCommitment, replyKey }: Record): Uint8Array {
  checkChoices(choices)
  const { film, wall, count, testimony } = choices.uses
  const fields: readonly (Cbor | null)[] = [
    1, // version
    clipLength,
    tag,
    rCommitment,
    wCommitment,
    PICTURES.indexOf(choices.picture),
    VOICES.indexOf(choices.voice),
    choices.lang,
    Number(film) | (Number(wall) << 1) | (Number(count) << 2) | (Number(testimony) << 3),
    choices.place,
    choices.pseudonym,
    replyKey,
  ]
  // A field that is absent is left out.
  const map = new Map<number, Cbor>()
  fields.forEach((field, key) => {
    if (field !== null) map.set(key, field)
  })
  return padded(encode(map), RECORD)
}

/** Bytes followed by zeros up to a fixed length. */
export function padded(bytes: Uint8Array, length: number): Uint8Array {
  const block = new Uint8Array(length)
  block.set(bytes)
  return block
}

/** First bytes of each kind of plaintext. */
export const MAGIC_MESSAGE = utf8('hamseda1')
