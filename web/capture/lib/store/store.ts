// Sealed bytes on this device, under random names, until they are sent or the page is left.
//
// Refuses: plain bytes (only sealers write here) and names that tell anything. What can't be helped: a tab that dies leaves
// its sealed file behind; the next visit finds it and offers to go on or to wipe.
import { HamsedaError, coded } from '../errors'
import { randomName } from '../parts'
import { indexed } from './indexed'
import type { Place } from './kind'
import { memory } from './memory'
import { opfs } from './opfs'

/** What going on with an upload needs. */
export interface UploadState {
  /** Address of the upload at the intake. */
  url: string
  /** The message's handle, base64url. */
  handle: string
}

/** A sealed file on this device. */
export interface StoredFile {
  readonly name: string
  /** The bytes; not read before they are asked for. */
  blob(): Promise<Blob>
  remove(): Promise<void>
}

/** What an earlier visit left: its tab died, or the person chose to keep it. */
export interface Remains {
  readonly file: StoredFile
  readonly bytes: number
  /** The state of its upload as `keep` saved it; `null`: not kept on purpose. */
  readonly upload: UploadState | null
}

/** A file being written. */
export interface StoreWriter {
  write(bytes: Uint8Array): Promise<void>
  close(): Promise<StoredFile>
  abort(): Promise<void>
}

export class Store {
  /** Names of this visit, with what stops them where they are still written. */
  private readonly own = new Map<string, (() => Promise<void>) | null>()
  private readonly kept = new Set<string>()

  constructor(private readonly place: Place) {}

  /** Where: `memory` when the browser gives nothing that lasts. */
  get kind(): Place['kind'] {
    return this.place.kind
  }

  /** Begins a file. */
  async create(): Promise<StoreWriter> {
    const name = randomName()
    const writer = await storing(() => this.place.create(name))
    this.own.set(name, writer.abort)
    return {
      write: (bytes) => storing(() => writer.write(bytes)),
      close: async () => {
        await storing(() => writer.close())
        this.own.set(name, null)
        return this.file(name)
      },
      abort: async () => {
        this.own.delete(name)
        await writer.abort().catch(() => undefined)
      },
    }
  }

  /** Files of earlier visits. Offer to go on or to wipe. */
  async remains(): Promise<Remains[]> {
    const files = (await storing(() => this.place.list())).filter(({ name }) => !this.own.has(name))
    return Promise.all(
      files.map(async ({ name, note }) => {
        const file = this.file(name)
        return { file, bytes: (await file.blob()).size, upload: readState(note) }
      }),
    )
  }

  /** Keeps a file after the tab closes, with what going on needs. Only when the person asks for it. */
  async keep(file: StoredFile, upload: UploadState): Promise<void> {
    await storing(() => this.place.note(file.name, JSON.stringify(upload)))
    this.kept.add(file.name)
  }

  /** Removes everything, kept files too: after it nothing of ours is on the device. */
  async wipe(): Promise<void> {
    const stopping = Array.from(this.own.values(), (abort) => abort?.().catch(() => undefined))
    this.own.clear()
    this.kept.clear()
    await Promise.all(stopping)
    await this.place.wipe()
  }

  /** Removes what this visit made and did not keep. Everything begins before the first wait: the page is going away. */
  leave(): void {
    if (this.kept.size === 0 && this.place.kind === 'indexeddb') return void this.wipe()
    for (const [name, abort] of this.own) if (!this.kept.has(name)) void (abort ? abort() : this.place.remove(name))
    this.own.clear()
  }

  private file(name: string): StoredFile {
    return {
      name,
      blob: () => coded('store-lost', () => this.place.blob(name)),
      remove: async () => {
        this.own.delete(name)
        this.kept.delete(name)
        await this.place.remove(name)
      },
    }
  }
}

/** The best place this browser gives. */
export async function openStore(): Promise<Store> {
  return new Store((await opfs()) ?? (await indexed()) ?? memory())
}

/** Wipes what isn't kept when the page is left. Gives what takes the listener off again. */
export function wipeOnExit(store: Store): () => void {
  const leave = (): void => store.leave()
  addEventListener('pagehide', leave)
  return () => removeEventListener('pagehide', leave)
}

async function storing<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    if (error instanceof HamsedaError) throw error
    const full = (error as Error | null)?.name === 'QuotaExceededError'
    throw new HamsedaError(full ? 'store-full' : 'store-lost', {}, error)
  }
}

function readState(note: string | null): UploadState | null {
  try {
    const state: unknown = JSON.parse(note ?? 'null')
    const { url, handle } = (state ?? {}) as Partial<UploadState>
    return typeof url === 'string' && typeof handle === 'string' ? { url, handle } : null
  } catch {
    return null
  }
}
