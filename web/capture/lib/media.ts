// What the lazy bundle `send-media.js` gives: reading clips, removing what tells on their maker, making them smaller.
import { HamsedaError } from './errors'
import { loadScript } from './load'

/** What of a clip would tell on its maker. */
export type Trace =
  | 'place' | 'time' | 'device' | 'software' | 'names' | 'comments' | 'cover' | 'sensors' | 'other-tracks' | 'inside-video'

export interface ClipFacts {
  /** `mp4`, `mov`, `webm`, `mkv`, `ts`, `other`. */
  container: string
  seconds: number
  /** As shown, turned upright. */
  width: number
  height: number
  video: string | null
  audio: string | null
  /** Can metadata be removed here? If not: why. The page decides with the person (the desk never publishes sent bytes). */
  cleanable: boolean
  why: 'clip-unknown' | 'clip-codec' | 'clip-damaged' | 'clip-empty' | null
  /** Can it be made smaller here (WebCodecs decodes and encodes it), and is that worth it? */
  shrinkable: boolean
  /** About how many bytes after shrinking. */
  shrunkBytes: number
  /** Found now; what is inside the video itself shows only while cleaning. */
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
  /** Settles after the stream ended; rejects when it broke. */
  report: Promise<CleanReport>
}

export interface CleanOptions {
  /** To 720 lines and about 1.5 Mbit/s, where `shrinkable`. */
  shrink?: boolean
  /** From 0 to 1. */
  onProgress?: (done: number) => void
  signal?: AbortSignal
}

export interface Media {
  inspect(clip: Blob): Promise<ClipFacts>
  clean(clip: Blob, options?: CleanOptions): CleanClip
}

declare global {
  // eslint-disable-next-line no-var
  var hamsedaMedia: Media | undefined
}

/** Loads `send-media.js` from beside the page's own script, once; a page that brought it along has it at once. */
export async function loadMedia(): Promise<Media> {
  if (!globalThis.hamsedaMedia) {
    await loadScript('send-media.js').catch((error) => {
      throw new HamsedaError('media-missing', {}, error)
    })
  }
  return globalThis.hamsedaMedia ?? missing()
}

function missing(): never {
  throw new HamsedaError('media-missing')
}
