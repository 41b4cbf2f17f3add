// What a camera writes inside the video itself: messages in the stream (SEI) that can hold place, time and device.
//
// Only kinds of units that a decoder needs are kept; everything else goes, known or not. Refuses: units whose lengths don't
// add up, rather than let bytes pass that were not looked at.
import { concat } from '../bytes'

/** Keeps or drops one unit (a NAL unit or an OBU), by its first bytes. */
type Keep = (unit: Uint8Array) => boolean

/** Slices, parameter sets, delimiters. Not 6 (SEI), 12 (filler), nor what the standard leaves to makers. */
const keepAvc: Keep = (unit) => [1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 13].includes(unit[0]! & 31)
/** Slices, parameter sets, delimiters. Not 38 (filler), 39 and 40 (SEI), nor what the standard leaves to makers. */
const keepHevc: Keep = (unit) => ((unit[0]! >> 1) & 63) <= 37

export interface Scrubbed {
  data: Uint8Array
  /** Something was dropped that can carry a message. */
  dropped: boolean
}

/** Takes packets of one track and gives them back without messages. */
export type Scrubber = (packet: Uint8Array) => Scrubbed

/** A scrubber for a codec, and the codec's description without messages; `null` for codecs that aren't known here. */
export function scrubber(codec: string, description: Uint8Array | null): { scrub: Scrubber; description: Uint8Array | null } | null {
  if (codec === 'avc') return { scrub: units(keepAvc, description === null ? 0 : (description[4]! & 3) + 1), description: description && avcC(description) }
  if (codec === 'hevc') return { scrub: units(keepHevc, description === null ? 0 : (description[21]! & 3) + 1), description: description && hvcC(description) }
  if (codec === 'av1') return { scrub: scrubObus, description: description && concat(description.subarray(0, 4), scrubObus(description.subarray(4)).data) }
  if (codec === 'vp8' || codec === 'vp9') return { scrub: (data) => ({ data, dropped: false }), description }
  return null
}

/** `lengthSize` 0: start codes (MPEG-TS). */
const units = (keep: Keep, lengthSize: number): Scrubber => (packet) => {
  const all = lengthSize === 0 ? startCoded(packet) : lengthCoded(packet, lengthSize)
  const kept = all.filter(({ unit }) => unit.length > 0 && keep(unit))
  if (kept.length === all.length) return { data: packet, dropped: false }
  return { data: concat(...kept.map(({ whole }) => whole)), dropped: true }
}

interface Unit {
  whole: Uint8Array
  unit: Uint8Array
}

function lengthCoded(packet: Uint8Array, size: number): Unit[] {
  const found: Unit[] = []
  for (let at = 0; at < packet.length; ) {
    const start = at + size
    const length = packet.subarray(at, start).reduce((all, byte) => all * 256 + byte, 0)
    if (start + length > packet.length) throw new RangeError('a unit runs over its packet')
    found.push({ whole: packet.subarray(at, start + length), unit: packet.subarray(start, start + length) })
    at = start + length
  }
  return found
}

function startCoded(packet: Uint8Array): Unit[] {
  const starts: number[] = []
  for (let at = 0; at + 2 < packet.length; at++) {
    if (packet[at + 2]! > 1) at += 2
    else if (packet[at] === 0 && packet[at + 1] === 0 && packet[at + 2] === 1) starts.push(at)
  }
  return starts.map((at, i) => ({ whole: packet.subarray(at, starts[i + 1]), unit: packet.subarray(at + 3, starts[i + 1]) }))
}

/** Parameter sets and nothing after them. */
export function avcC(config: Uint8Array): Uint8Array {
  let at = 5
  const sets = (mask: number): void => {
    const count = config[at++]! & mask
    for (let i = 0; i < count; i++) at += 2 + ((config[at]! << 8) | config[at + 1]!)
  }
  sets(31)
  sets(255)
  // High profiles: chroma, depths and extensions of the parameter sets.
  if (![66, 77, 88].includes(config[1]!) && at + 4 <= config.length) {
    at += 3
    sets(255)
  }
  if (!(at <= config.length)) throw new RangeError('the description is cut')
  return config.slice(0, at)
}

/** Only the arrays of parameter sets: encoders put their own messages beside them. */
function hvcC(config: Uint8Array): Uint8Array {
  const kept: Uint8Array[] = []
  let at = 23
  for (let i = 0; i < config[22]!; i++) {
    const start = at
    const count = (config[at + 1]! << 8) | config[at + 2]!
    at += 3
    for (let j = 0; j < count; j++) at += 2 + ((config[at]! << 8) | config[at + 1]!)
    if (!(at <= config.length)) throw new RangeError('the description is cut')
    if ([32, 33, 34].includes(config[start]! & 63)) kept.push(config.subarray(start, at))
  }
  const head = config.slice(0, 23)
  head[22] = kept.length
  return concat(head, ...kept)
}

/** Sequence header, delimiter, frames, tiles; not 5 (metadata), 15 (padding), nor reserved kinds. */
const KEPT_OBUS = [1, 2, 3, 4, 6, 7, 8]

const scrubObus: Scrubber = (packet) => {
  const kept: Uint8Array[] = []
  let dropped = false
  for (let at = 0; at < packet.length; ) {
    const start = at
    const head = packet[at]!
    at += head & 4 ? 2 : 1
    if (head & 2) {
      const { value, next } = leb128(packet, at)
      at = next + value
    } else at = packet.length
    if (!(at <= packet.length)) throw new RangeError('a unit runs over its packet')
    if (KEPT_OBUS.includes((head >> 3) & 15)) kept.push(packet.subarray(start, at))
    else dropped = true
  }
  return dropped ? { data: concat(...kept), dropped } : { data: packet, dropped }
}

function leb128(bytes: Uint8Array, at: number): { value: number; next: number } {
  let value = 0
  for (let i = 0; i < 8; i++) {
    const byte = bytes[at + i]
    if (byte === undefined) break
    value += (byte & 127) * 2 ** (7 * i)
    if (byte < 128) return { value, next: at + i + 1 }
  }
  throw new RangeError('a length that does not end')
}
