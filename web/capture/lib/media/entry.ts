// The lazy bundle: fetched when a clip is picked. See ../media.ts for what it gives.
import { HamsedaError } from '../errors'
import type { CleanClip, CleanOptions, CleanReport, ClipFacts, Media, Trace } from '../media'
import { copy, delay } from './copy'
import { SHRUNK, canShrink, open, whyNot, type Opened } from './open'
import { fresh, type Fresh } from './output'
import { shrink } from './shrink'
import { boxTraces, tracesIn } from './traces'

const NOTHING = { seconds: 0, width: 0, height: 0, video: null, audio: null, shrinkable: false, shrunkBytes: 0, traces: [] }

async function inspect(clip: Blob): Promise<ClipFacts> {
  let opened: Opened
  try {
    opened = await open(clip)
  } catch (error) {
    const why = (error instanceof HamsedaError ? error.code : 'clip-damaged') as ClipFacts['why']
    return { ...NOTHING, container: 'other', cleanable: false, why }
  }
  try {
    const { container, seconds, video, audio } = opened
    const why = (await whyNot(opened)) as ClipFacts['why']
    return {
      container, seconds, width: video?.width ?? 0, height: video?.height ?? 0, video: video?.codec ?? null, audio: audio?.codec ?? null,
      cleanable: why === null, why,
      shrinkable: await canShrink(opened).catch(() => false),
      shrunkBytes: Math.round((seconds * (SHRUNK.video + SHRUNK.audio)) / 8),
      traces: await traces(clip, opened).catch(() => []),
    }
  } finally {
    opened.input.dispose()
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
  const opened = await open(clip)
  try {
    const removed = new Set<Trace>(await traces(clip, opened).catch(() => []))
    const codecs = [opened.video?.codec, opened.audio?.codec].filter((codec) => codec != null)
    const out = options.shrink ? fresh([], 0) : fresh(codecs, await delay(opened))
    // Its reader may stop at any time: then writing fails, and with it the work below.
    const piped = out.readable.pipeTo(writable, { preventClose: true, preventAbort: true })
    piped.catch(() => undefined)
    if (await fill(opened, out, options)) removed.add('inside-video')
    await piped
    return { removed: Array.from(removed).sort(), shrunk: options.shrink === true, bytes: out.written() }
  } catch (error) {
    throw error instanceof HamsedaError ? error : new HamsedaError('clip-damaged', {}, error)
  } finally {
    opened.input.dispose()
  }
}

/** Gives whether something inside the video was dropped. */
async function fill(opened: Opened, out: Fresh, options: CleanOptions): Promise<boolean> {
  try {
    if (options.shrink) {
      await shrink(opened, out, options)
      return true
    }
    const dropped = await copy(opened, out, options)
    await out.output.finalize()
    return dropped
  } catch (error) {
    await out.output.cancel().catch(() => undefined)
    throw error
  }
}

globalThis.hamsedaMedia = { inspect, clean } satisfies Media
