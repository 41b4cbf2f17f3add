// Errors carry a stable code and facts; the page puts them into words (what happened, what to do).

export type ErrorCode =
  // key set: the codes of the Rust side
  | 'keyset-json' | 'keyset-not-canonical' | 'keyset-format' | 'keyset-origin' | 'keyset-recipient' | 'keyset-count'
  | 'keyset-repeated' | 'keyset-campaign-key' | 'keyset-other-campaign' | 'keyset-signature'
  | 'keyset-expired' // { expires }
  // sealing
  | 'seal-too-long' // { max }: bytes
  | 'seal-read' // the clip can't be read (any more)
  | 'record-pseudonym' // { max }: characters
  | 'record-field' // { field }
  // codes, receipts, status, letters
  | 'word-unknown' // { word, place, near }: place counts from 1; near: words it may have been, blanks between
  | 'word-count' // { have, want }
  | 'word-mixed' // words of two lists, or words and digits together
  | 'digits' // { place } the group that can't be, or { want } how many there are
  | 'words-missing' // the list of this language did not load
  | 'letter-text' // { max }: 1 to so many characters, no control characters
  | 'status-unreadable' // written by a newer desk
  // cleaning
  | 'clip-unknown' // not a container that can be read here
  | 'clip-codec' // { codec }: its tracks can't be copied as they are
  | 'clip-damaged'
  | 'clip-empty'
  | 'media-missing' // the lazy part did not load
  // recording
  | 'camera-denied' | 'camera-missing' | 'camera-lost'
  // store
  | 'store-full' | 'store-lost'
  // intake
  | 'upload-refused' // { status }: the intake doesn't take this file; sending it again won't help
  | 'upload-full' // no room there now; later may help
  | 'upload-gone' // the intake keeps losing the beginning
  | 'upload-line' // gave up after many attempts without one byte; going on later helps
  | 'aborted'

export type Facts = Readonly<Record<string, string | number>>

/** Every error the library throws. */
export class HamsedaError extends Error {
  override readonly name = 'HamsedaError'
  constructor(
    readonly code: ErrorCode,
    /** What the sentence needs, such as `{ word }`; never a secret. */
    readonly facts: Facts = {},
    readonly reason?: unknown,
  ) {
    super(code)
  }
}

/** Throws `aborted` if the person stopped it. */
export function checkAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new HamsedaError('aborted')
}

/** Runs `act` and gives its errors a code, unless they have one. */
export async function coded<T>(code: ErrorCode, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    throw error instanceof HamsedaError ? error : new HamsedaError(code, {}, error)
  }
}
