// What each place of storing gives. Names are random; bytes are sealed before they come here.

export interface Writer {
  readonly name: string
  /** The bytes may change once the promise has resolved. */
  write(bytes: Uint8Array): Promise<void>
  close(): Promise<void>
  /** Stops and leaves nothing. Begins at once, so that it can be called while the page goes away. */
  abort(): Promise<void>
}

export interface Place {
  readonly kind: 'opfs' | 'indexeddb' | 'memory'
  create(name: string): Promise<Writer>
  blob(name: string): Promise<Blob>
  /** A short text kept beside a file. */
  note(name: string, text: string): Promise<void>
  /** Names of files with their notes. Files that were never closed are not named. */
  list(): Promise<{ name: string; note: string | null }[]>
  /** Removes a file and its note. Begins at once. */
  remove(name: string): Promise<void>
  /** Removes everything, unfinished files too. Begins at once. */
  wipe(): Promise<void>
}
