// The lazy bundle: fetched when a clip is picked. See ../media.ts for what it gives.
import { HamsedaError, checkAborted } from '../errors'
import type { CleanClip, CleanOptions, CleanReport, ClipFacts, Media, Trace } from '../media'
import { copy, delay } from './copy'
import { SHRUNK, canShrink, open, whyNot, type Opened } from './open'
import { fresh, type Fresh } from './output'
import { openRaw, rawStream, type RawClip } from './raw'
import { shrink } from './shrink'
import { boxTraces, tracesIn } from './traces'

const NOTHING = { seconds: 0, width: 0, height: 0, video: null, audio: null, shrinkable: false, shrunkBytes: 0, traces: [] }

/** Shrinking costs time and picture; it has to save this much at least. */
const WORTH = 0.8

async function inspect(clip: Blob): Promise<ClipFacts> {
  let opened: Opened
  try {
    opened = await open(clip)
  } catch (error) {
    const why = (error instanceof HamsedaError ? error.code : 'clip-damaged') as ClipFacts['why']
    const raw = why === 'clip-codec' ? await openRaw(clip) : null
    if (raw) return rawFacts(clip, raw)
    return { ...NOTHING, container: 'other', cleanable: false, why }
  }
  try {
    const { container, seconds, video, audio } = opened
    const shrunkBytes = Math.round((seconds * (SHRUNK.video + SHRUNK.audio)) / 8)
    const why = (await whyNot(opened)) as ClipFacts['why']
    return {
      container, seconds, width: video?.width ?? 0, height: video?.height ?? 0, video: video?.codec ?? null, audio: audio?.codec ?? null,
      cleanable: why === null, why,
      shrinkable: shrunkBytes < clip.size * WORTH && (await canShrink(opened).catch(() => false)),
      shrunkBytes,
      traces: await traces(clip, opened).catch(() => []),
    }
  } finally {
    opened.input.dispose()
  }
}

async function rawFacts(clip: Blob, { quicktime, seconds, width, height, tracks }: RawClip): Promise<ClipFacts> {
  const codec = (kind: string): string | null => tracks.find((track) => track.kind === kind)?.codec ?? null
  const found = await boxTraces(clip).catch(() => new Set<Trace>())
  return {
    ...NOTHING, container: quicktime ? 'mov' : 'mp4', seconds, width, height, video: codec('vide'), audio: codec('soun'),
    cleanable: true, why: null, traces: Array.from(found).sort(),
  }
}

async function traces(clip: Blob, { input, container, others }: Opened): Promise<Trace[]> {
  const found = container === 'mp4' || container === 'mov' ? await boxTraces(clip) : new Set<Trace>()
  const { raw, images, ...tags } = await input.getMetadataTags()
  for (const [key, value] of [...Object.entries(tags), ...Object.entries(raw ?? {})]) {
    for (const trace of tracesIn(`${key} ${typeof value === 'string' ? value : ''}`)) found.add(trace)
  }
  if (images && images.length > 0) found.add('cover')
  if (others > 0 && !found.has('sensors')) found.add('other-tracks')
  return Array.from(found).sort()
}

function clean(clip: Blob, options: CleanOptions = {}): CleanClip {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
  const report = run(clip, writable, options)
  // Whoever reads learns of it by the stream: half a clip never ends like a whole one.
  report.then(() => writable.close(), (error: unknown) => writable.abort(error)).catch(() => undefined)
  return { stream: readable, report }
}

async function run(clip: Blob, writable: WritableStream<Uint8Array>, options: CleanOptions): Promise<CleanReport> {
  const opened = await open(clip).catch(async (error: unknown) => {
    const raw = error instanceof HamsedaError && error.code === 'clip-codec' ? await openRaw(clip) : null
    if (!raw) throw error
    return raw
  })
  if (!('input' in opened)) return runRaw(clip, opened, writable, options)
  try {
    const removed = new Set<Trace>(await traces(clip, opened).catch(() => []))
    const codecs = [opened.video?.codec, opened.audio?.codec].filter((codec) => codec != null)
    const shrunk = options.shrink === true ? await pour(fresh([], 0), writable, (out) => shrink(opened, out, options)).catch(unlessBegun) : null
    const bytes = shrunk ?? (await pour(fresh(codecs, await delay(opened)), writable, async (out) => {
      if (await copy(opened, out, options)) removed.add('inside-video')
      await out.output.finalize()
    }))
    if (shrunk !== null) removed.add('inside-video')
    return { removed: Array.from(removed).sort(), shrunk: shrunk !== null, bytes }
  } catch (error) {
    throw error instanceof HamsedaError ? error : new HamsedaError('clip-damaged', {}, error instanceof NotBegun ? error.reason : error)
  } finally {
    opened.input.dispose()
  }
}

async function runRaw(clip: Blob, raw: RawClip, writable: WritableStream<Uint8Array>, { onProgress, signal }: CleanOptions): Promise<CleanReport> {
  const removed = await boxTraces(clip).catch(() => new Set<Trace>())
  const writer = writable.getWriter()
  let bytes = 0
  try {
    const { stream, dropped } = rawStream(clip, raw, (done) => onProgress?.(done))
    for await (const piece of stream) {
      checkAborted(signal)
      await writer.write(piece)
      bytes += piece.length
    }
    if (dropped()) removed.add('inside-video')
    return { removed: Array.from(removed).sort(), shrunk: false, bytes }
  } catch (error) {
    throw error instanceof HamsedaError ? error : new HamsedaError('clip-damaged', {}, error)
  } finally {
    writer.releaseLock()
  }
}

/** Fills a fresh file and passes it on; gives its length. */
async function pour(out: Fresh, writable: WritableStream<Uint8Array>, fill: (out: Fresh) => Promise<void>): Promise<number> {
  // Its reader may stop at any time: then writing fails, and with it the work.
  const piped = out.readable.pipeTo(writable, { preventClose: true, preventAbort: true })
  piped.catch(() => undefined)
  try {
    await fill(out)
    await piped
    return out.written()
  } catch (error) {
    await out.output.cancel().catch(() => undefined)
    await piped.catch(() => undefined)
    throw out.written() > 0 || error instanceof HamsedaError ? error : new NotBegun(error)
  }
}

/** Failed before the first byte: another way may still be taken. */
class NotBegun extends Error {
  constructor(readonly reason: unknown) {
    super('not begun')
  }
}

/** A browser that says it can encode and then can't: the packets are taken over as they are. */
function unlessBegun(error: unknown): null {
  if (error instanceof NotBegun || (error instanceof HamsedaError && error.code === 'clip-codec')) return null
  throw error
}

globalThis.hamsedaMedia = { inspect, clean } satisfies Media
