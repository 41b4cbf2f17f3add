// Camera and microphone into the store, sealed as it comes: the device never keeps a plain byte and can't open what it keeps.
//
// An unfinished recording is lost with the tab (say so). Refuses: to go on when the camera is gone or the store is full, and
// to hold more than a second or so of plain media in memory.
import type { Code } from './code'
import { HamsedaError } from './errors'
import type { Keyset } from './keyset'
import { message, secretsOf, type SealedMessage } from './message'
import { checkChoices, type Choices } from './record'
import { Sealer } from './sealer'
import type { Store, StoreWriter } from './store/store'

export type RecorderStop = 'time' | 'camera-lost' | 'store-full' | 'seal-too-long'

export interface RecorderOptions {
  /** Stops by itself after so many seconds; 180 unless told. */
  maxSeconds?: number
  facing?: 'user' | 'environment'
  /** Elapsed seconds and clip bytes so far. */
  onTick?: (seconds: number, bytes: number) => void
  /** It stopped by itself; what was recorded until then can still be finished, unless the store is full. */
  onStop?: (why: RecorderStop) => void
  /** Largest plaintext, bytes: the intake's limit; 512 MiB unless told. */
  cap?: number
}

const SLICE = 1000
const TYPES = [
  'video/webm;codecs=vp8,opus', // without a word about the device in it
  'video/webm',
  'video/mp4;codecs=avc1.42E01F,mp4a.40.2',
  'video/mp4',
]
const RATES = { videoBitsPerSecond: 1_500_000, audioBitsPerSecond: 64_000 }

export class Recorder {
  state: 'ready' | 'recording' | 'stopped' | 'done' = 'ready'
  private began = 0
  private readonly media: MediaRecorder
  private readonly stopped: Promise<void>
  /** Pieces are sealed one after the other, in the order they came. */
  private sealing: Promise<void> = Promise.resolve()
  private failure: unknown = null

  private constructor(
    readonly stream: MediaStream,
    private readonly keyset: Keyset,
    private readonly sealer: Sealer,
    private readonly writer: StoreWriter,
    private readonly options: RecorderOptions,
  ) {
    const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type))
    this.media = new MediaRecorder(stream, mimeType === undefined ? RATES : { mimeType, ...RATES })
    this.media.ondataavailable = ({ data }) => this.take(data)
    this.stopped = new Promise((resolve) => (this.media.onstop = () => resolve()))
    for (const track of stream.getTracks()) track.onended = () => this.end('camera-lost')
  }

  /** Whether this browser can record at all: Tor Browser can't, nor can a page without HTTPS. */
  static supported(): boolean {
    return typeof MediaRecorder === 'function' && typeof navigator.mediaDevices?.getUserMedia === 'function'
  }

  /** Asks for the camera. For the live picture show `stream` in a muted `<video>`. */
  static async open(store: Store, keyset: Keyset, options: RecorderOptions = {}): Promise<Recorder> {
    const stream = await camera(options.facing ?? 'user')
    try {
      const writer = await store.create()
      const cap = options.cap === undefined ? {} : { cap: options.cap }
      return new Recorder(stream, keyset, new Sealer(keyset, (bytes) => writer.write(bytes), cap), writer, options)
    } catch (error) {
      release(stream)
      throw error
    }
  }

  start(): void {
    if (this.state !== 'ready') return
    this.state = 'recording'
    this.began = performance.now()
    this.media.start(SLICE)
  }

  /** Ends the recording and lets go of the camera; resolves when all of it is sealed. */
  async stop(): Promise<void> {
    if (this.state === 'recording') {
      this.state = 'stopped'
      if (this.media.state !== 'inactive') this.media.stop()
      release(this.stream)
    }
    if (this.began > 0) await this.stopped
    await this.sealing
  }

  /** Writes the record. After it there is no recording any more, only a message. */
  async finish(choices: Choices, code: Code | null = null): Promise<SealedMessage> {
    checkChoices(choices)
    await this.stop()
    try {
      if (this.failure !== null) throw this.failure
      if (this.sealer.clipLength === 0) throw new HamsedaError('clip-empty')
      const sealed = await this.sealer.finish(choices, secretsOf(code, this.keyset))
      this.state = 'done'
      return message(sealed, await this.writer.close())
    } catch (error) {
      await this.discard()
      throw error
    }
  }

  /** Throws the recording away. */
  async discard(): Promise<void> {
    this.failure ??= new HamsedaError('aborted')
    release(this.stream)
    if (this.media.state !== 'inactive') this.media.stop()
    this.state = 'done'
    await this.writer.abort()
  }

  private take(data: Blob): void {
    const seconds = (performance.now() - this.began) / 1000
    this.sealing = this.sealing.then(() => this.seal(data)).then(() => this.options.onTick?.(seconds, this.sealer.clipLength))
    if (seconds >= (this.options.maxSeconds ?? 180)) this.end('time')
  }

  private async seal(data: Blob): Promise<void> {
    if (this.failure !== null) return
    try {
      await this.sealer.write(new Uint8Array(await data.arrayBuffer()))
    } catch (error) {
      this.failure = error
      this.end(error instanceof HamsedaError && error.code === 'seal-too-long' ? 'seal-too-long' : 'store-full')
    }
  }

  private end(why: RecorderStop): void {
    if (this.state !== 'recording') return
    void this.stop()
    this.options.onStop?.(why)
  }
}

async function camera(facing: 'user' | 'environment'): Promise<MediaStream> {
  const video = { facingMode: facing, width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 } }
  try {
    return await navigator.mediaDevices.getUserMedia({ video, audio: true })
  } catch (error) {
    const denied = ['NotAllowedError', 'SecurityError'].includes((error as Error | null)?.name ?? '')
    throw new HamsedaError(denied ? 'camera-denied' : 'camera-missing', {}, error)
  }
}

function release(stream: MediaStream): void {
  for (const track of stream.getTracks()) {
    track.onended = null
    track.stop()
  }
}
