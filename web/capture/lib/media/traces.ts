// What a clip tells on its maker, for the page to say: a quick look at the places where files keep such things.
//
// Only a help for the eye. What is removed doesn't depend on it: the fresh file holds picture and sound and nothing else.
import type { Trace } from '../media'
import { boxHead, boxes } from './boxes'

/** Most bytes to look at. */
const LOOK = 4 * 1024 * 1024

const SIGNS: readonly [Trace, RegExp][] = [
  ['place', /xyz|loci|location|gps|6709|latitude|geo/i],
  ['time', /\u00a9day|date|time|year/i],
  ['device', /\u00a9ma[ck]|\u00a9mod|make|model|manufacturer|serial|firm|lens|came|device|brand/i],
  ['software', /\u00a9too|\u00a9swr|\u00a9enc|encoder|software|creatortool|tool|writing|muxing|vers/i],
  ['names', /\u00a9nam|\u00a9art|\u00a9aut|auth|artist|author|title|titl|perf|creator|owner/i],
  ['cover', /covr|thm|jfif|png|image|attach/i],
  ['comments', /\u00a9cmt|\u00a9inf|\u00a9des|comment|desc|dscp|albm|lyr|xmp|keyw|gnre|cprt|copyright|yrrc/i],
]

/** Traces named by a text: names and values of tags. */
export function tracesIn(text: string): Trace[] {
  return SIGNS.filter(([, sign]) => sign.test(text)).map(([trace]) => trace)
}

/** Traces in the boxes of an MP4 or QuickTime file. */
export async function boxTraces(clip: Blob): Promise<Set<Trace>> {
  const found = new Set<Trace>()
  for (let at = 0; at + 8 <= clip.size; ) {
    const { type, length } = boxHead(new DataView(await clip.slice(at, at + 16).arrayBuffer()), 0, clip.size - at)
    if (length < 8) break
    if (type !== 'mdat' && type !== 'ftyp') look(new Uint8Array(await clip.slice(at, at + Math.min(length, LOOK)).arrayBuffer()), found)
    at += length
  }
  return found
}

const PLAIN = ['moov', 'trak', 'mdia', 'minf']

function look(bytes: Uint8Array, found: Set<Trace>, from = 0, to = bytes.length): void {
  for (const { type, start, end } of boxes(bytes, from, to)) {
    if (PLAIN.includes(type)) look(bytes, found, start, end)
    const time = bytes[start] === 1 ? bytes.subarray(start + 4, start + 20) : bytes.subarray(start + 4, start + 12)
    if (['mvhd', 'tkhd', 'mdhd'].includes(type) && time.some((byte) => byte !== 0)) found.add('time')
    if (type === 'hdlr') handler(text(bytes.subarray(start + 8, start + 12)), found)
    if (['udta', 'meta', 'uuid', 'XMP_', 'ilst'].includes(type)) {
      const said = tracesIn(text(bytes.subarray(start, end)))
      if (said.length === 0 && bytes.subarray(start, end).some((byte) => byte !== 0)) found.add('comments')
      for (const trace of said) found.add(trace)
    }
  }
}

/** A track that is neither picture nor sound: sensors write theirs, and players' helpers. */
function handler(type: string, found: Set<Trace>): void {
  if (['meta', 'camm', 'gpmd', 'fdsc'].includes(type)) found.add('sensors')
  else if (!['vide', 'soun', 'url ', 'alis', 'mdir', 'mdta', 'dhlr'].includes(type)) found.add('other-tracks')
}

const text = (bytes: Uint8Array): string => Array.from(bytes.subarray(0, 200_000), (byte) => String.fromCharCode(byte)).join('')
