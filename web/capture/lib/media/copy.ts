// Takes packets over into a fresh file, picture and sound in step, without the messages inside.
import { EncodedAudioPacketSource, EncodedPacket, EncodedPacketSink, EncodedVideoPacketSource, type AudioCodec, type VideoCodec } from 'mediabunny'
import { HamsedaError, checkAborted } from '../errors'
import type { CleanOptions } from '../media'
import { audioPlan, videoPlan, type CopyPlan, type Opened } from './open'
import type { Fresh } from './output'

interface Lane {
  packets: AsyncGenerator<EncodedPacket, void, unknown>
  next: EncodedPacket | null
  plan: CopyPlan
  first: boolean
  add(packet: EncodedPacket, config: CopyPlan['config'] | null): Promise<void>
}

/** Pictures looked at to see in which order they are stored. */
const LOOK = 240

/** By how many seconds at most a picture is shown later than it is stored; twice what the beginning shows. */
export async function delay({ video }: Opened): Promise<number> {
  if (!video) return 0
  const shown: number[] = []
  for await (const { timestamp } of new EncodedPacketSink(video.track).packets(undefined, undefined, { metadataOnly: true })) {
    if (shown.push(timestamp) === LOOK) break
  }
  const inOrder = [...shown].sort((a, b) => a - b)
  return 2 * Math.max(0, ...shown.map((timestamp, i) => inOrder[i]! - timestamp))
}

/** Gives whether something inside the video was dropped. */
export async function copy(opened: Opened, { output }: Fresh, { onProgress, signal }: CleanOptions): Promise<boolean> {
  const lanes = await lanesOf(opened, output)
  // Clips of some cameras begin hours in: how long a device has been on is nobody's business.
  const start = Math.max(0, await opened.input.getFirstTimestamp([opened.video?.track, opened.audio?.track].filter((track) => track != null)))
  await output.start()
  let dropped = false
  let count = 0
  for (const lane of lanes) await advance(lane)
  for (;;) {
    checkAborted(signal)
    const lane = lanes.filter(({ next }) => next !== null).reduce<Lane | null>((a, b) => (a?.next && a.next.timestamp <= b.next!.timestamp ? a : b), null)
    if (!lane?.next) break
    const { data, type, timestamp, duration, sequenceNumber } = lane.next
    const clean = lane.plan.scrub(data)
    dropped ||= clean.dropped
    // A packet that held nothing but messages.
    if (clean.data.length > 0) {
      const packet = new EncodedPacket(clean.data, type, timestamp - start, duration, sequenceNumber)
      await lane.add(packet, lane.first ? lane.plan.config : null)
      lane.first = false
      count += 1
    }
    onProgress?.(Math.min(1, Math.max(0, (timestamp - start) / (opened.seconds || 1))))
    await advance(lane)
  }
  if (count === 0) throw new HamsedaError('clip-empty')
  return dropped
}

async function lanesOf({ video, audio }: Opened, output: Fresh['output']): Promise<Lane[]> {
  const lanes: Lane[] = []
  if (video) {
    const source = new EncodedVideoPacketSource(video.codec as VideoCodec)
    output.addVideoTrack(source, { rotation: await video.track.getRotation(), flip: await video.track.getFlip() })
    const add: Lane['add'] = (packet, config) => source.add(packet, config ? { decoderConfig: config as VideoDecoderConfig } : undefined)
    lanes.push({ packets: new EncodedPacketSink(video.track).packets(), next: null, plan: await videoPlan(video), first: true, add })
  }
  if (audio) {
    const source = new EncodedAudioPacketSource(audio.codec as AudioCodec)
    output.addAudioTrack(source)
    const add: Lane['add'] = (packet, config) => source.add(packet, config ? { decoderConfig: config as AudioDecoderConfig } : undefined)
    lanes.push({ packets: new EncodedPacketSink(audio.track).packets(), next: null, plan: await audioPlan(audio), first: true, add })
  }
  return lanes
}

async function advance(lane: Lane): Promise<void> {
  const { done, value } = await lane.packets.next()
  lane.next = done ? null : value
}
