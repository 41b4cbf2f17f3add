// The capture library: what happens on the contributor's device, without a line of what the page looks like.
//
//   pick or record → clean → seal → store (sealed bytes only) → upload | save | parts
//
// Plain ES2020: no WASM, no eval, no worker. Nothing is drawn here and no text for people is written here: errors and
// states carry codes, pages put them into words. Refuses: to seal to a key set that isn't the campaign's, to keep a
// plain byte on the device, and to send anything but sealed bytes, handles and secrets meant to be sent.

import './es2020'

export { HamsedaError, type ErrorCode, type Facts } from './errors'
export { type Keyset, loadKeyset, today } from './keyset'
export { type Choices, LANGS, type Lang, type Picture, type Voice } from './record'
export { WORD_LANGS, WordList, type WordLang, loadAllWords, loadWords } from './words'
export { Code, type CodeSecrets } from './code'
export { Receipt } from './receipt'
export { LETTER_MAX, type Status, type StatusRecord, openRecord, sealLetter, smallFile } from './status'
export { lookUp, sendLetter, withdraw } from './intake'
export { type Remains, Store, type StoredFile, type UploadState, openStore, wipeOnExit } from './store/store'
export { Sealer, type Sealed, handleOf } from './sealer'
export { type SealOptions, type SealedMessage, sealInto } from './message'
export { fileName, looksSealed, readFileName } from './saved'
export { type Part, splitParts } from './parts'
export { type CleanClip, type CleanOptions, type CleanReport, type ClipFacts, type Media, type Trace, loadMedia } from './media'
export { Recorder, type RecorderOptions, type RecorderStop } from './recorder'
export { type UploadOptions, type UploadProgress, takeToken, upload } from './upload'
