// The last touch on a fresh fragmented file, while it passes: out goes what its writer put in on its own, times and names;
// and pictures that are shown in another order than they are stored get offsets that every player reads alike.
//
// Refuses: a fresh file that holds anything but what picture and sound need.
import { boxHead, find, parse, write, type Node } from './boxes'

const HOLDERS = ['moov', 'trak', 'mdia', 'minf', 'edts', 'mvex', 'moof', 'traf']
/** What a fresh moov may hold; anything else means that a tag slipped through. */
const ALLOWED = [
  'moov', 'trak', 'mdia', 'minf', 'stbl', 'edts', 'dinf', 'mvex', 'mvhd', 'tkhd', 'mdhd', 'hdlr', 'vmhd', 'smhd', 'nmhd', 'elst',
  'mehd', 'trex', 'gmhd',
]
const TIMED = ['mvhd', 'tkhd', 'mdhd']

/** Takes the pieces of a fresh file in their order and gives those to pass on. `reorder`: see `delay` in copy.ts, seconds. */
export function finisher(reorder: number): (bytes: Uint8Array) => Uint8Array[] {
  const video = new Video(reorder)
  let held: Uint8Array = new Uint8Array()
  /** Bytes of the box under way that pass unchanged. */
  let passing = 0
  let dropping = false
  return (bytes) => {
    const out: Uint8Array[] = []
    held = join(held, bytes)
    while (held.length > 0) {
      if (passing > 0) {
        const now = held.subarray(0, passing)
        if (!dropping) out.push(now)
        passing -= now.length
        held = held.subarray(now.length)
        continue
      }
      if (held.length < 16) break
      const { type, length } = boxHead(new DataView(held.buffer, held.byteOffset, held.length), 0, Number.POSITIVE_INFINITY)
      if (type !== 'moov' && type !== 'moof') {
        passing = length
        // An index at the end; it counts bytes as they were before.
        dropping = type === 'mfra'
        continue
      }
      if (held.length < length) break
      for (const node of parse(held.slice(0, length), HOLDERS)) out.push(type === 'moov' ? video.moov(node) : video.moof(node))
      held = held.subarray(length)
    }
    // A view would keep the whole piece alive.
    held = held.slice()
    return out
  }
}

/** Some programs read negative offsets as a later start, which parts picture and sound: none are written. */
class Video {
  private id = -1
  private shift = 0

  constructor(private readonly reorder: number) {}

  moov(node: Node): Uint8Array {
    const trak = (node.inside ?? []).find((each) => handlerOf(each) === 'vide')
    const scale = find(trak?.inside ?? null, 'mdia', 'mdhd')
    // The writer signs the description of the picture, which comes first in its table, where cameras name themselves.
    find(trak?.inside ?? null, 'mdia', 'minf', 'stbl')?.body.fill(0, 66, 98)
    if (trak && scale && this.reorder > 0) {
      const tkhd = find(trak.inside, 'tkhd')!.body
      this.id = u32(tkhd, tkhd[0] === 1 ? 20 : 12)
      this.shift = Math.ceil(this.reorder * u32(scale.body, scale.body[0] === 1 ? 20 : 12))
      edit(trak, this.shift)
    }
    blank(node)
    return write(node)
  }

  moof(node: Node): Uint8Array {
    const runs: Node[] = []
    let longer = 0
    for (const traf of (node.inside ?? []).filter(({ type }) => type === 'traf')) {
      for (const run of (traf.inside ?? []).filter(({ type }) => type === 'trun')) {
        runs.push(run)
        if (u32(find(traf.inside, 'tfhd')!.body, 4) !== this.id) continue
        const body = delayed(run.body, this.shift)
        longer += body.length - run.body.length
        run.body = body
      }
    }
    // Where the media lies is counted from here.
    for (const { body } of runs) if (u32(body, 0) & DATA_OFFSET) view(body).setInt32(8, view(body).getInt32(8) + longer)
    return write(node)
  }
}

const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
const u32 = (bytes: Uint8Array, at: number): number => view(bytes).getUint32(at)

function handlerOf(trak: Node): string {
  const body = find(trak.inside, 'mdia', 'hdlr')?.body ?? new Uint8Array()
  return String.fromCharCode(...body.subarray(8, 12))
}

/** Takes times and names out. */
function blank(node: Node): void {
  const { type, body, inside } = node
  if (!ALLOWED.includes(type)) throw new RangeError(`${type} in a fresh file`)
  if (TIMED.includes(type)) body.fill(0, 4, body[0] === 1 ? 20 : 12)
  // After version, component types and reserved fields: the name.
  if (type === 'hdlr') body.fill(0, 24)
  for (const each of inside ?? []) blank(each)
}

/** The track's presentation begins `shift` later in its media. */
function edit(trak: Node, shift: number): void {
  const list = find(trak.inside, 'edts', 'elst')
  if (!list) {
    const body = new Uint8Array(8 + 12)
    view(body).setUint32(4, 1)
    view(body).setUint32(12, shift)
    view(body).setUint32(16, 0x10000)
    const at = trak.inside!.findIndex(({ type }) => type === 'tkhd') + 1
    trak.inside!.splice(at, 0, { type: 'edts', body: new Uint8Array(), inside: [{ type: 'elst', body, inside: null }] })
    return
  }
  const data = view(list.body)
  for (let i = 0, at = 8; i < data.getUint32(4); i++) {
    if (list.body[0] === 1) {
      if (data.getBigInt64(at + 8) >= 0n) data.setBigInt64(at + 8, data.getBigInt64(at + 8) + BigInt(shift))
      at += 20
    } else {
      if (data.getInt32(at + 4) >= 0) data.setInt32(at + 4, data.getInt32(at + 4) + shift)
      at += 12
    }
  }
}

const [DATA_OFFSET, FIRST_FLAGS, OFFSETS] = [0x1, 0x4, 0x800]
const FIELDS = [0x100, 0x200, 0x400]

/** Adds to the composition offset of every sample of a run; gives the run, longer where it had none. */
function delayed(run: Uint8Array, shift: number): Uint8Array {
  const from = view(run)
  const flags = from.getUint32(0) & 0xffffff
  const head = 8 + (flags & DATA_OFFSET ? 4 : 0) + (flags & FIRST_FLAGS ? 4 : 0)
  const kept = 4 * FIELDS.filter((flag) => flags & flag).length
  const has = (flags & OFFSETS) !== 0
  const count = from.getUint32(4)
  const out = new Uint8Array(head + count * (kept + 4))
  const to = view(out)
  out.set(run.subarray(0, head))
  // Version 1: offsets have a sign.
  to.setUint32(0, 0x01000000 | flags | OFFSETS)
  for (let i = 0; i < count; i++) {
    const [source, target] = [head + i * (kept + (has ? 4 : 0)), head + i * (kept + 4)]
    out.set(run.subarray(source, source + kept), target)
    to.setInt32(target + kept, shift + (has ? from.getInt32(source + kept) : 0))
  }
  return out
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b
  const all = new Uint8Array(a.length + b.length)
  all.set(a)
  all.set(b, a.length)
  return all
}
