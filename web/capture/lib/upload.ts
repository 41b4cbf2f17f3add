// Sends a sealed file by tus 1.0 over a line that is slow, throttled and cut.
//
// Refuses: metadata, addresses outside the intake, and storing anything: the page decides whether the upload's address is
// kept. After every failure the offset is asked again, never assumed.
import { base64url } from './bytes'
import { HamsedaError, checkAborted } from './errors'
import { send, type Answer } from './http'
import type { UploadState } from './store/store'

/** Largest request. */
export const CHUNK_MAX = 8 * 1024 * 1024
/** Longest wait between two attempts, seconds. */
const LONGEST = 60
/** Times the intake may have lost the beginning. */
const LOST = 3

export interface UploadProgress {
  /** Acknowledged, so durable. */
  safe: number
  /** Handed to the line. */
  sent: number
  total: number
  /** Chunk under way, from 1, and chunks in all. */
  part: number
  parts: number
  /** Seconds, while waiting for the next attempt. */
  waiting: number | null
}

export interface UploadOptions {
  handle: Uint8Array
  /** An invite, as `takeToken` gives it. */
  token?: string | null
  /** Go on with this upload if the intake still has it. */
  url?: string | null
  /** Called when the intake gave the upload an address. */
  onUrl?: (state: UploadState) => void
  onProgress?: (progress: UploadProgress) => void
  signal?: AbortSignal
  /** Bytes of one request, at most 8 MiB. */
  chunk?: number
  /** Attempts in a row without one acknowledged byte before giving up; 20 unless told. */
  attempts?: number
  /** A request on which nothing moves for so many seconds is given up; 120 unless told. */
  stall?: number
  /** For tests: how to wait. */
  wait?: (seconds: number, signal?: AbortSignal) => Promise<void>
}

/** Sends; resolves when all of it is durable at the intake. `endpoint`: the intake's `/upload`. */
export async function upload(sealed: Blob, endpoint: string, options: UploadOptions): Promise<UploadState> {
  const sending = new Sending(sealed, endpoint, options)
  const attempts = options.attempts ?? 20
  for (let failed = 0; ; ) {
    checkAborted(options.signal)
    const before = sending.safe
    try {
      if (await sending.step()) return sending.state()
      if (sending.safe > before) failed = 0
    } catch (error) {
      if (!(error instanceof Cut)) throw error
      checkAborted(options.signal)
      if (sending.safe > before) failed = 0
      if (++failed >= attempts) throw new HamsedaError('upload-line', { attempts: failed }, error)
      const seconds = backOff(failed)
      sending.tell(0, seconds)
      await (options.wait ?? wait)(seconds, options.signal)
    }
  }
}

/** The line was cut; another attempt may help. */
class Cut extends Error {}

class Sending {
  safe = 0
  private readonly creation: URL
  private readonly chunk: number
  private url: URL | null
  /** The intake's offset; `null` when it has to be asked. */
  private offset: number | null = null
  private lost = 0

  constructor(
    private readonly sealed: Blob,
    endpoint: string,
    private readonly options: UploadOptions,
  ) {
    this.creation = new URL(endpoint, typeof location === 'undefined' ? undefined : location.href)
    this.chunk = Math.max(1, Math.min(options.chunk ?? CHUNK_MAX, CHUNK_MAX))
    this.url = options.url ? this.home(options.url) : null
  }

  state(): UploadState {
    return { url: this.url?.pathname ?? '', handle: base64url(this.options.handle) }
  }

  /** Does the next thing; true when nothing is left. After an error the step after it asks. */
  async step(): Promise<boolean> {
    const known = this.offset
    this.offset = null
    const { url } = this
    const now = url === null ? await this.create() : known === null ? await this.ask(url) : await this.patch(url, known)
    if (now > this.sealed.size) throw new HamsedaError('upload-refused', { status: 0 })
    this.offset = this.safe = now
    this.tell(0, null)
    return now === this.sealed.size
  }

  tell(moving: number, waiting: number | null): void {
    const { size: total } = this.sealed
    const parts = Math.max(1, Math.ceil(total / this.chunk))
    const part = Math.min(parts, Math.floor(this.safe / this.chunk) + 1)
    this.options.onProgress?.({ safe: this.safe, sent: Math.min(total, this.safe + moving), total, part, parts, waiting })
  }

  private async create(): Promise<number> {
    const { handle, token } = this.options
    const headers: Record<string, string> = { 'Upload-Length': String(this.sealed.size), 'Hamseda-Handle': base64url(handle) }
    if (token) headers['Hamseda-Token'] = token
    const answer = await this.request('POST', this.creation, headers)
    const location = answer.header('Location')
    this.url = location === null ? null : this.home(location)
    if (this.url === null) throw new HamsedaError('upload-refused', { status: answer.status })
    this.options.onUrl?.(this.state())
    return 0
  }

  private async ask(url: URL): Promise<number> {
    try {
      return offsetOf(await this.request('HEAD', url, {}))
    } catch (error) {
      if (!(error instanceof Gone)) throw error
      // Expired, or another server now: begin again.
      this.url = null
      this.safe = 0
      if (++this.lost > LOST) throw new HamsedaError('upload-gone')
      throw new Cut('gone')
    }
  }

  private async patch(url: URL, offset: number): Promise<number> {
    const body = this.sealed.slice(offset, offset + this.chunk)
    const headers = { 'Content-Type': 'application/offset+octet-stream', 'Upload-Offset': String(offset) }
    const now = offsetOf(await this.request('PATCH', url, headers, body))
    if (now <= offset || now > offset + body.size) throw new Cut('offset')
    return now
  }

  private async request(method: string, url: URL, headers: Record<string, string>, body?: Blob): Promise<Answer> {
    const answer = await send({
      method,
      url: url.href,
      headers: { 'Tus-Resumable': '1.0.0', ...headers },
      body: body ?? null,
      stall: (this.options.stall ?? 120) * 1000,
      signal: this.options.signal,
      onSent: (bytes) => this.tell(bytes, null),
    }).catch((error: unknown) => {
      throw new Cut(String(error))
    })
    const { status } = answer
    if (status >= 200 && status < 300) return answer
    if (method === 'HEAD' && (status === 404 || status === 410)) throw new Gone()
    if (status === 507) throw new HamsedaError('upload-full')
    // Gone on PATCH, taken by a dead request, restarting, too many: asking again tells.
    if (status >= 500 || [0, 404, 408, 409, 410, 423, 429, 460].includes(status)) throw new Cut(String(status))
    throw new HamsedaError('upload-refused', { status })
  }

  /** An upload's address, if it lies where uploads are made: a server can't send the file elsewhere. */
  private home(address: string): URL | null {
    try {
      const base = `${this.creation.href.replace(/\/$/, '')}/`
      const url = new URL(address, base)
      return url.href.startsWith(base) && url.href.length > base.length ? url : null
    } catch {
      return null
    }
  }
}

class Gone extends Cut {}

function offsetOf(answer: Answer): number {
  const offset = answer.header('Upload-Offset')
  if (offset === null || !/^\d{1,15}$/.test(offset)) throw new Cut('it does not say how much it has')
  return Number(offset)
}

/** Doubles with each failure and takes a random half off: after a shutdown thousands come back at the same moment. */
const backOff = (failed: number): number => Math.min(LONGEST, 2 ** Math.min(failed - 1, 16)) * (0.5 + Math.random() / 2)

/** Waits, but no longer than until the device says it is on line again. */
function wait(seconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      removeEventListener('online', done)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, seconds * 1000)
    addEventListener('online', done)
    signal?.addEventListener('abort', done)
  })
}

/** The invite of the page's address (`#t=…`), taken out of it so that history and screen don't show it. */
export function takeToken(): string | null {
  const token = /^#t=([A-Za-z0-9_-]{1,1024})$/.exec(location.hash)?.[1] ?? null
  if (location.hash !== '') history.replaceState(null, '', location.pathname + location.search)
  return token
}
