// What all screens share: the campaign, its keys, the answers so far, the store of sealed bytes.
import type { Choices, Code, Keyset, Lang, Recorder, Store } from '../lib/index'
import type { Shell } from './shell'
import type { Texts } from './texts'

/** The campaign as the server or the campaign's file tells it. */
export interface Facts {
  campaignKey: string
  slogan: Record<string, string>
  seconds: number
  k: number
  places: Place[]
  languages: string[]
  clipBytes: number
  nameChars: number
}

export interface Place {
  id: string
  town: boolean
  within?: string
  name: Record<string, string>
}

export type Road = 'send' | 'file' | 'parts'

/** What was decided so far; every default is the safe one. */
export interface Answers {
  clip: File | null
  recorder: Recorder | null
  seconds: number
  picture: Choices['picture']
  voice: Choices['voice']
  place: { level: 'none' | 'province' | 'town'; province: string; town: string }
  name: { kind: 'none' | 'pseudonym'; text: string }
  uses: { kind: 'count' | 'show' | 'testimony'; film: boolean; wall: boolean }
  code: Code | null
  wantsCode: boolean
  lang: Lang
  road: Road
}

export interface Context {
  texts: Texts
  shell: Shell
  facts: Facts
  keyset: Keyset
  store: Store
  answers: Answers
  /** The offline sealer: it sends nothing. */
  offline: boolean
  /** The invitation of the page's address. */
  token: string | null
}

/** Languages that the record can name. */
export const SPOKEN: readonly Lang[] = ['fa', 'ar', 'en', 'fr', 'de', 'es', 'ku', 'tr']

export function freshAnswers(lang: string, offline: boolean): Answers {
  return {
    clip: null,
    recorder: null,
    seconds: 0,
    picture: 'hide',
    voice: 'mute',
    place: { level: 'none', province: '', town: '' },
    name: { kind: 'none', text: '' },
    uses: { kind: 'count', film: true, wall: true },
    code: null,
    wantsCode: false,
    lang: SPOKEN.find((code) => code === lang) ?? 'en',
    road: offline ? 'file' : 'send',
  }
}

/** The answers as they go into the seal. */
export function choices(answers: Answers): Choices {
  const { place, name, uses } = answers
  const shown = uses.kind === 'show'
  return {
    picture: answers.picture,
    voice: answers.voice,
    lang: answers.lang,
    place: place.level === 'none' ? null : place.level === 'town' ? place.town : place.province,
    pseudonym: name.kind === 'none' ? null : name.text.trim(),
    uses: {
      film: shown && uses.film,
      wall: shown && uses.wall,
      count: uses.kind !== 'testimony',
      testimony: uses.kind === 'testimony',
    },
  }
}
