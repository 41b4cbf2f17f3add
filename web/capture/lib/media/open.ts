// Opening a picked clip: what it is, and whether its packets can be taken over as they are.
import {
  BlobSource, Input, MATROSKA, MP4, MPEG_TS, QTFF, WEBM, canEncodeVideo,
  type InputAudioTrack, type InputVideoTrack,
} from 'mediabunny'
import { HamsedaError, type ErrorCode } from '../errors'
import { scrubber, type Scrubber } from './nal'
import { soundDescription } from './sound'

/** Bytes of the file that are held for reading. */
const CACHE = 2 * 1024 * 1024

export interface Opened {
  input: Input
  container: string
  seconds: number
  video: VideoIn | null
  audio: AudioIn | null
  /** Tracks that will not be taken over. */
  others: number
}

export interface VideoIn {
  track: InputVideoTrack
  codec: string
  width: number
  height: number
}

export interface AudioIn {
  track: InputAudioTrack
  codec: string
}

/** Opens a clip, or says with a code why it can't be read. */
export async function open(clip: Blob): Promise<Opened> {
  if (clip.size === 0) throw new HamsedaError('clip-empty')
  const input = new Input({ source: new BlobSource(clip, { maxCacheSize: CACHE, useStreamReader: false }), formats: [MP4, QTFF, WEBM, MATROSKA, MPEG_TS] })
  try {
    if (!(await input.canRead())) throw new HamsedaError('clip-unknown')
    return await describe(input)
  } catch (error) {
    input.dispose()
    throw error instanceof HamsedaError ? error : new HamsedaError('clip-damaged', {}, error)
  }
}

async function describe(input: Input): Promise<Opened> {
  const [format, tracks, video, audio] = await Promise.all([
    input.getFormat(), input.getTracks(), input.getPrimaryVideoTrack(), input.getPrimaryAudioTrack(),
  ])
  if (!video && !audio) throw new HamsedaError(tracks.length > 0 ? 'clip-codec' : 'clip-empty', { codec: '?' })
  const name = { [MP4.name]: 'mp4', [QTFF.name]: 'mov', [WEBM.name]: 'webm', [MATROSKA.name]: 'mkv', [MPEG_TS.name]: 'ts' }[format.name]
  return {
    input,
    container: name ?? 'other',
    seconds: await duration(input, [video, audio]),
    video: video && { track: video, codec: await codecOf(video), width: await video.getDisplayWidth(), height: await video.getDisplayHeight() },
    audio: audio && { track: audio, codec: await codecOf(audio) },
    others: tracks.length - Number(Boolean(video)) - Number(Boolean(audio)),
  }
}

async function duration(input: Input, tracks: readonly (InputVideoTrack | InputAudioTrack | null)[]): Promise<number> {
  const own = tracks.filter((track) => track !== null)
  const [start, end] = [await input.getFirstTimestamp(own), await input.computeDuration(own)]
  return Math.max(0, end - Math.max(0, start))
}

async function codecOf(track: InputVideoTrack | InputAudioTrack): Promise<string> {
  const codec = await track.getCodec()
  if (codec !== null) return codec
  const id = await track.getInternalCodecId()
  throw new HamsedaError('clip-codec', { codec: typeof id === 'string' ? id : '?' })
}

export interface CopyPlan {
  scrub: Scrubber
  config: VideoDecoderConfig | AudioDecoderConfig
}

/** How a video track is taken over without messages inside. */
export async function videoPlan({ track, codec }: VideoIn): Promise<CopyPlan> {
  const config = await track.getDecoderConfig()
  const plan = config && scrubber(codec, bytesOf(config.description))
  if (!config || !plan) throw new HamsedaError('clip-codec', { codec })
  return { scrub: plan.scrub, config: described(config, plan.description) }
}

/** How an audio track is taken over without comments. */
export async function audioPlan({ track, codec }: AudioIn): Promise<CopyPlan> {
  const config = await track.getDecoderConfig()
  const description = config ? soundDescription(codec, bytesOf(config.description)) : undefined
  if (!config || description === undefined) throw new HamsedaError('clip-codec', { codec })
  return { scrub: (data) => ({ data, dropped: false }), config: described(config, description) }
}

function described<T extends VideoDecoderConfig | AudioDecoderConfig>(config: T, description: Uint8Array | null): T {
  const { description: _, ...rest } = config
  return (description === null ? rest : { ...rest, description }) as T
}

function bytesOf(source: AllowSharedBufferSource | undefined): Uint8Array | null {
  if (source === undefined) return null
  return ArrayBuffer.isView(source) ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength) : new Uint8Array(source)
}

/** Lines and bit rate that a clip is shrunk to. */
export const SHRUNK = { lines: 720, video: 1_500_000, audio: 96_000 }

/** Size of the picture after shrinking: the short side has 720 lines at most, both sides are even. */
export function shrunkSize({ width, height }: VideoIn): { width: number; height: number } {
  const scale = Math.min(1, SHRUNK.lines / Math.min(width, height))
  const even = (n: number): number => Math.max(2, 2 * Math.round((n * scale) / 2))
  return { width: even(width), height: even(height) }
}

/** Whether this browser can decode and encode the clip. */
export async function canShrink({ video, audio }: Opened): Promise<boolean> {
  if (!video || typeof VideoEncoder === 'undefined' || !(await video.track.canDecode())) return false
  if (audio && !(await audio.track.canDecode())) return false
  const options = { ...shrunkSize(video), bitrate: SHRUNK.video }
  return (await canEncodeVideo('avc', options)) || (await canEncodeVideo('vp9', options))
}

/** Why packets can't be taken over, or null. */
export async function whyNot(opened: Opened): Promise<ErrorCode | null> {
  try {
    if (opened.video) await videoPlan(opened.video)
    if (opened.audio) await audioPlan(opened.audio)
    return null
  } catch (error) {
    return error instanceof HamsedaError ? error.code : 'clip-damaged'
  }
}
