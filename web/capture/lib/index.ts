// The capture library: what happens on the contributor's device, without a line of what the page looks like.
//
//   pick or record → clean → seal → store (sealed bytes only) → upload | save | parts
//
// Plain ES2020: no WASM, no eval, no worker. Nothing is drawn here and no text for people is written here: errors and
// states carry codes, pages put them into words. Refuses: to seal to a key set that isn't the campaign's, to keep a
// plain byte on the device, and to send anything but sealed bytes, handles and secrets meant to be sent.

// ---- errors -------------------------------------------------------------------------------------------------------

/** Every error thrown by the library. `code` is stable: the page looks up its sentence by it. */
export declare class HamsedaError extends Error {
  readonly code: ErrorCode
  /** What the sentence needs: { max }, { word }, { expires, today } … */
  readonly facts: Readonly<Record<string, string | number>>
  constructor(code: ErrorCode, facts?: Record<string, string | number>, cause?: unknown)
}

export type ErrorCode =
  // key set: the codes of the Rust side
  | 'keyset-json' | 'keyset-not-canonical' | 'keyset-format' | 'keyset-origin' | 'keyset-recipient' | 'keyset-count'
  | 'keyset-repeated' | 'keyset-campaign-key' | 'keyset-other-campaign' | 'keyset-signature' | 'keyset-expired'
  // sealing
  | 'seal-too-long' | 'seal-read' | 'record-pseudonym' | 'record-field'
  // codes, receipts, small files, status
  | 'word-unknown' // { word, place }: place counts from 1
  | 'word-count' // { have, want }
  | 'digits' | 'words-missing' // no list of this language here
  | 'status-unreadable' // the record isn't ours or was changed: for anybody without this code it always looks so
  | 'letter-too-long' // { max }: characters
  // cleaning
  | 'clip-unknown' // not a container we can read
  | 'clip-codec' // { codec }: its tracks can't be copied as they are
  | 'clip-damaged' | 'clip-empty' | 'media-missing' // the lazy part didn't load
  // recording
  | 'camera-denied' | 'camera-missing' | 'camera-lost'
  // store
  | 'store-full' | 'store-lost'
  // upload
  | 'upload-refused' // { status }: the intake doesn't take this file; sending it again won't help
  | 'upload-full' // 413 or 507: no room now
  | 'upload-gone' // begun again too often
  | 'upload-line' // gave up after many attempts without one byte
  | 'aborted'

// ---- key set ------------------------------------------------------------------------------------------------------

export interface Keyset {
  readonly origin: string
  readonly epoch: number
  /** Last day of use, `2026-12-31`. */
  readonly expires: string
  /** Raw X-Wing public keys, in the order of the stanzas. */
  readonly recipients: readonly Uint8Array[]
  /** SHA-256 of the file, lower-case hex: what pages and paper print. */
  readonly hash: string
}

/** Days since 1970 of now, in UTC. */
export declare function today(): number
/** Checks form, signature, the pinned campaign key (hex) and the last day. The one way to get a `Keyset`. */
export declare function loadKeyset(json: Uint8Array, campaignKeyHex: string, today: number): Keyset

// ---- choices ------------------------------------------------------------------------------------------------------

export type Picture = 'hide' | 'mask' | 'show'
export type Voice = 'mute' | 'alter' | 'keep'
export type Lang = 'fa' | 'ar' | 'en' | 'fr' | 'de' | 'es' | 'ku' | 'tr'

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

// ---- words, codes, receipts ---------------------------------------------------------------------------------------

/** 2,048 words of one language. */
export interface WordList {
  readonly lang: WordLang
  readonly words: readonly string[]
}
export type WordLang = 'fa' | 'ar' | 'en'

/** The list of a language: loaded when first asked (`words-fa.js`), `null` where the language has none (digits then). */
export declare function loadWords(lang: Lang): Promise<WordList | null>

/** What a code gives. Nothing of it leaves the device but what each use says. */
export interface CodeSecrets {
  /** 32 bytes; travels inside the seal. */
  replyKey: Uint8Array
  /** 32 bytes; sent only to withdraw. */
  withdrawal: Uint8Array
  /** 32 bytes; what a look-up sends. */
  locator: Uint8Array
}

export declare class Code {
  /** 110 fresh bits. */
  static draw(): Code
  /** Ten words of one of the lists, or ten groups of four digits; forgiving about case, look-alike letters and blanks. */
  static parse(text: string, lists: readonly WordList[]): Code
  /** Ten words in reading order. */
  words(list: WordList): string[]
  /** Ten groups of four digits, for languages without a list. */
  digits(): string[]
  secrets(origin: string): CodeSecrets
}

export declare class Receipt {
  static of(tag: Uint8Array): Receipt
  static parse(text: string, lists: readonly WordList[]): Receipt
  /** Four words in reading order. */
  words(list: WordList): string[]
  /** `0123 4567 8901 23` */
  digits(): string
}

// ---- status, letters, small files ---------------------------------------------------------------------------------

export type Status = 'arrived' | 'review' | 'counted' | 'held' | 'unused' | 'withdrawn' | 'unreadable'

export interface StatusRecord {
  status: Status
  /** Days since 1970 of the writing. */
  day: number
  /** Replies of the desk, newest last. */
  replies: string[]
}

/** Opens the 4096 bytes of a look-up; `null`: nothing is known of this code yet (or never will be: nobody can tell). */
export declare function openRecord(record: Uint8Array, secrets: CodeSecrets): StatusRecord | null
/** A letter to the desk: one fixed length, whatever it says. */
export declare function sealLetter(text: string, secrets: CodeSecrets, keyset: Keyset): Uint8Array
/** Small files for the plain form, 4096 bytes each: `S` asks for the status, `W` withdraws. */
export declare function smallFile(kind: 'S' | 'W', secrets: CodeSecrets): Uint8Array

/** POST the locator; gives the 4096 bytes. */
export declare function lookUp(base: string, secrets: CodeSecrets, signal?: AbortSignal): Promise<Uint8Array>
/** POST the withdrawal secret. Answers the same whatever the intake holds. */
export declare function withdraw(base: string, withdrawal: Uint8Array, signal?: AbortSignal): Promise<void>
/** POST a sealed letter. */
export declare function sendLetter(base: string, letter: Uint8Array, signal?: AbortSignal): Promise<void>

// ---- store --------------------------------------------------------------------------------------------------------

/** Sealed bytes on this device, under a random name. */
export interface StoredFile {
  readonly name: string
  /** The bytes; not read before they are asked for. */
  blob(): Promise<Blob>
  remove(): Promise<void>
}

/** What an earlier visit left because its tab died or because the person chose to keep it. */
export interface Remains {
  readonly file: StoredFile
  readonly bytes: number
  /** The state of its upload as last saved by `keep`; `null`: not kept on purpose. */
  readonly upload: UploadState | null
}

export interface Store {
  /** Where: `memory` when the browser gives neither (private windows of some). */
  readonly kind: 'opfs' | 'indexeddb' | 'memory'
  /** Left by earlier visits. Offer to go on or wipe. */
  remains(): Promise<Remains[]>
  /** Keep this file after the tab closes, with what going on needs. Only when the person asks for it. */
  keep(file: StoredFile, upload: UploadState): Promise<void>
  /** Removes everything, kept files too. After it nothing of ours is on the device. */
  wipe(): Promise<void>
}

export declare function openStore(): Promise<Store>
/** Wipes when the page is left (`pagehide`), unless a file is kept. Gives what takes the listener off again. */
export declare function wipeOnExit(store: Store): () => void

// ---- sealing ------------------------------------------------------------------------------------------------------

/** A message sealed and stored. Everything secret in it lives in memory only. */
export interface SealedMessage {
  readonly file: StoredFile
  /** Length of the sealed file: one of the few that size classes allow. */
  readonly bytes: number
  /** Size class, MiB. */
  readonly mib: number
  readonly receipt: Receipt
  /** 32 bytes, sent with every upload and part. */
  readonly handle: Uint8Array
  /** What takes the message back; derived from the code when there is one. */
  readonly withdrawal: Uint8Array
}

export interface SealOptions {
  code?: Code
  signal?: AbortSignal
  /** Clip bytes sealed so far. */
  onProgress?: (bytes: number) => void
  /** Largest plaintext, bytes: the intake's limit; 512 MiB unless told. */
  cap?: number
}

/** Seals into the store. What was written is removed if it fails. */
export declare function sealInto(
  store: Store,
  clip: Blob | ReadableStream<Uint8Array>,
  choices: Choices,
  keyset: Keyset,
  options?: SealOptions,
): Promise<SealedMessage>

/** A name for a saved sealed file: random letters, no extension; carries handle and upload so that sending can go on. */
export declare function fileName(handle: Uint8Array, upload?: UploadState | null): string
/** What `fileName` put into a name; `null` for other names. `url` is relative to the upload address. */
export declare function readFileName(name: string): { handle: Uint8Array; url: string | null } | null
/** Whether a picked file has the outside of a sealed message (so that it is sent, not sealed again). */
export declare function looksSealed(file: Blob): Promise<boolean>

// ---- parts --------------------------------------------------------------------------------------------------------

export interface Part {
  /** Random letters, no extension. */
  readonly name: string
  /** From 0. */
  readonly index: number
  readonly count: number
  /** At most 8 MiB, built lazily. */
  readonly blob: Blob
}
export declare function splitParts(sealed: Blob, handle: Uint8Array, onProgress?: (bytes: number) => void): Promise<Part[]>

// ---- media: the lazy bundle `send-media.js` -----------------------------------------------------------------------

/** What of a clip would tell on its maker. */
export type Trace = 'place' | 'time' | 'device' | 'software' | 'names' | 'comments' | 'cover' | 'sensors' | 'other-tracks' | 'inside-video'

export interface ClipFacts {
  container: string
  seconds: number
  width: number
  height: number
  /** Codec names as far as they are known. */
  video: string | null
  audio: string | null
  /** Can metadata be removed here? If not: why. The page decides with the person (the desk never publishes sent bytes). */
  cleanable: boolean
  why: 'clip-unknown' | 'clip-codec' | 'clip-damaged' | 'clip-empty' | null
  /** Can it be made smaller here (WebCodecs decodes and encodes it)? */
  shrinkable: boolean
  /** Expected bytes after shrinking. */
  shrunkBytes: number
  /** Found now; what is inside the video stream shows only while cleaning. */
  traces: Trace[]
}

export interface CleanReport {
  removed: Trace[]
  shrunk: boolean
  /** Bytes of the clean clip. */
  bytes: number
}

export interface CleanClip {
  /** Hand it to `sealInto`. */
  stream: ReadableStream<Uint8Array>
  /** Settles after the stream ended. */
  report: Promise<CleanReport>
}

export interface Media {
  inspect(clip: Blob): Promise<ClipFacts>
  /** `shrink`: to 720 lines and about 1.5 Mbit/s where it helps. Progress from 0 to 1. */
  clean(clip: Blob, options?: { shrink?: boolean; onProgress?: (done: number) => void; signal?: AbortSignal }): CleanClip
}

/** Loads `send-media.js` from beside the page's own script, once. */
export declare function loadMedia(): Promise<Media>

// ---- recording ----------------------------------------------------------------------------------------------------

export interface RecorderOptions {
  /** Stop by itself after so many seconds; 180 unless told. */
  maxSeconds?: number
  facing?: 'user' | 'environment'
  /** Elapsed seconds and clip bytes so far. */
  onTick?: (seconds: number, bytes: number) => void
  /** It stopped by itself: out of time, or the camera went away. */
  onStop?: (why: 'time' | 'camera-lost' | 'store-full') => void
}

/** Camera and microphone into the store, sealed as it comes. An unfinished recording is lost with the tab. */
export declare class Recorder {
  /** Whether this browser can record at all (Tor Browser can't). */
  static supported(): boolean
  /** Asks for the camera; for the live picture show `stream` in a muted <video>. */
  static open(store: Store, keyset: Keyset, options?: RecorderOptions): Promise<Recorder>
  readonly stream: MediaStream
  readonly state: 'ready' | 'recording' | 'stopped' | 'done'
  start(): void
  /** Ends the recording and lets go of the camera. */
  stop(): Promise<void>
  /** Writes the record. After it there is no recording any more, only a message. */
  finish(choices: Choices, code?: Code): Promise<SealedMessage>
  /** Throws the recording away. */
  discard(): Promise<void>
}

// ---- upload -------------------------------------------------------------------------------------------------------

/** What going on needs. */
export interface UploadState {
  /** Address of the upload at the intake. */
  url: string
  handle: string
}

export interface UploadProgress {
  /** Acknowledged, so durable. */
  safe: number
  /** Handed to the line. */
  sent: number
  total: number
  /** Part under way and parts in all, from 1: chunks of at most 8 MiB. */
  part: number
  parts: number
  /** Set while waiting for the next attempt, seconds. */
  waiting: number | null
}

export interface UploadOptions {
  handle: Uint8Array
  /** An invite, as in the page's fragment `#t=`. */
  token?: string | null
  /** Go on with this upload if the intake still has it. */
  url?: string | null
  /** Called as soon as the intake gave the upload an address. */
  onUrl?: (state: UploadState) => void
  onProgress?: (progress: UploadProgress) => void
  signal?: AbortSignal
  /** Bytes of one request, at most 8 MiB. */
  chunk?: number
}

/** Sends by tus; cuts are mended with growing waits. `endpoint`: `/upload`. Resolves when all of it is durable there. */
export declare function upload(sealed: Blob, endpoint: string, options: UploadOptions): Promise<UploadState>

/** The invite of the page's address (`#t=…`), taken out of it so that history and screen don't show it. */
export declare function takeToken(): string | null
