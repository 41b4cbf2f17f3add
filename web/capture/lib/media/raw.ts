// MP4, QuickTime and 3GP whose codecs the muxer doesn't know (MPEG-4 Visual, H.263, AMR, ALAC of older phones): picture and
// sound are taken over chunk by chunk, with new tables of where they lie, and nothing else of the file.
//
// Refuses: codecs that aren't in the list below (their samples may hold anything), fragments, references to other files,
// and tables that contradict the file.
import { HamsedaError } from '../errors'
import { avcC } from './nal'
import { avcBlanker, mpeg4Blanker, nothing, type Blanker } from './blank'
import { boxHead, find, parse, write, type Node } from './boxes'

const HOLDERS = ['moov', 'trak', 'mdia', 'minf', 'stbl', 'edts']
const TABLES = ['stts', 'ctts', 'cslg', 'stss', 'stsc', 'stsz']
const CODECS = ['avc1', 'mp4v', 's263', 'h263', 'mp4a', 'samr', 'sawb', 'alac', 'sowt', 'twos', 'ulaw', 'alaw', '.mp3']
/** Boxes after a sample entry's own fields that a decoder needs. */
const EXTENSIONS = ['avcC', 'esds', 'd263', 'damr', 'alac', 'wave', 'chan', 'pasp', 'colr', 'clap', 'fiel']
const MOST = { moov: 32 * 2 ** 20, sample: 16 * 2 ** 20, samples: 2 ** 28, piece: 2 ** 20 }

export interface RawTrack {
  kind: 'vide' | 'soun'
  codec: string
  trak: Node
  chunks: { offset: number; sizes: number[] }[]
  blank: Blanker
}

export interface RawClip {
  quicktime: boolean
  seconds: number
  width: number
  height: number
  mvhd: Node
  tracks: RawTrack[]
}

/** The clip, if it can be taken over this way. */
export async function openRaw(clip: Blob): Promise<RawClip | null> {
  try {
    const { moov, brand } = await top(clip)
    const mvhd = find(moov, 'moov', 'mvhd')
    const traks = (find(moov, 'moov')?.inside ?? []).filter(({ type }) => type === 'trak')
    const tracks = (['vide', 'soun'] as const).flatMap((kind) => traks.filter((trak) => handler(trak) === kind).slice(0, 1).map((trak) => track(kind, trak, clip.size)))
    if (!mvhd || tracks.length === 0 || find(moov, 'moov', 'mvex') || tracks.reduce((all, { chunks }) => all + lengthOf(chunks), 0) > clip.size) return null
    const video = tracks.find(({ kind }) => kind === 'vide')?.trak.inside ?? null
    const shape = find(video, 'tkhd')?.body.slice(-8) ?? new Uint8Array(8)
    const wide = mvhd.body[0] === 1
    const [scale, length] = [u32(mvhd.body, wide ? 20 : 12), wide ? u32(mvhd.body, 24) * 2 ** 32 + u32(mvhd.body, 28) : u32(mvhd.body, 16)]
    return { quicktime: brand === 'qt  ', seconds: length / (scale || 1), width: u32(shape, 0) >>> 16, height: u32(shape, 4) >>> 16, mvhd, tracks }
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) return null
    throw error
  }
}

/** The fresh file. `done` is told how far it is, and in the end whether a message was inside the video. */
export function rawStream(clip: Blob, { quicktime, mvhd, tracks }: RawClip, onProgress: (done: number) => void): { stream: AsyncGenerator<Uint8Array>; dropped: () => boolean } {
  const all = tracks.flatMap(({ chunks, blank }, track) => chunks.map((chunk, index) => ({ ...chunk, track, index, blank }))).sort((a, b) => a.offset - b.offset)
  const total = lengthOf(all)
  const starts = tracks.map(({ chunks }) => new Array<number>(chunks.length).fill(0))
  let dropped = false
  async function* stream(): AsyncGenerator<Uint8Array> {
    const ftyp = box('ftyp', text(quicktime ? 'qt  ' : 'isom'), new Uint8Array(4), text(quicktime ? 'qt  ' : 'isomiso2mp41'))
    const moov = (): Uint8Array => write({ type: 'moov', body: new Uint8Array(), inside: [blankHead(mvhd), ...tracks.map((track, i) => fresh(track, starts[i]!))] })
    let at = ftyp.length + moov().length + 8
    for (const { track, index, sizes } of all) {
      starts[track]![index] = at
      at += sum(sizes)
    }
    if (at >= 2 ** 32) throw new HamsedaError('clip-damaged')
    yield ftyp
    yield moov()
    const head = new Uint8Array(8)
    view(head).setUint32(0, total + 8)
    head.set(text('mdat'), 4)
    yield head
    let passed = 0
    for (const { offset, sizes, blank } of all) {
      for (const [from, group] of groups(offset, sizes)) {
        const length = sum(group)
        const bytes = new Uint8Array(await clip.slice(from, from + length).arrayBuffer())
        if (bytes.length !== length) throw new HamsedaError('clip-damaged')
        let sample = 0
        for (const size of group) dropped = blank(bytes.subarray(sample, (sample += size))) || dropped
        onProgress((passed += length) / (total || 1))
        yield bytes
      }
    }
  }
  return { stream: stream(), dropped: () => dropped }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0)
const lengthOf = (chunks: RawTrack['chunks']): number => sum(chunks.map(({ sizes }) => sum(sizes)))

/** Samples of a chunk in groups of about a megabyte. */
function* groups(offset: number, sizes: readonly number[]): Generator<[number, number[]]> {
  let [from, length, group]: [number, number, number[]] = [offset, 0, []]
  for (const size of sizes) {
    group.push(size)
    length += size
    if (length < MOST.piece) continue
    yield [from, group]
    ;[from, length, group] = [from + length, 0, []]
  }
  if (group.length > 0) yield [from, group]
}

async function top(clip: Blob): Promise<{ moov: Node[]; brand: string }> {
  let brand = 'qt  '
  for (let at = 0; at + 8 <= clip.size; ) {
    const bytes = await clip.slice(at, at + 16).arrayBuffer()
    const { type, length } = boxHead(new DataView(bytes), 0, clip.size - at)
    if (length < 8 || at + length > clip.size || type === 'moof') break
    if (type === 'ftyp') brand = String.fromCharCode(...new Uint8Array(bytes).subarray(8, 12))
    if (type === 'moov') {
      if (length > MOST.moov) break
      return { moov: parse(new Uint8Array(await clip.slice(at, at + length).arrayBuffer()), HOLDERS), brand }
    }
    at += length
  }
  throw new RangeError('no moov')
}

const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
const u32 = (bytes: Uint8Array, at: number): number => view(bytes).getUint32(at)
const text = (letters: string): Uint8Array => Uint8Array.from(letters, (char) => char.charCodeAt(0))
const letters = (bytes: Uint8Array): string => String.fromCharCode(...bytes)
const box = (type: string, ...parts: Uint8Array[]): Uint8Array => write({ type, inside: null, body: parts.reduce((a, b) => Uint8Array.from([...a, ...b]), new Uint8Array()) })

const handler = (trak: Node): string => letters((find(trak.inside, 'mdia', 'hdlr')?.body ?? new Uint8Array()).subarray(8, 12))

function track(kind: RawTrack['kind'], trak: Node, size: number): RawTrack {
  const stbl = find(trak.inside, 'mdia', 'minf', 'stbl')
  const stsd = find(stbl?.inside ?? null, 'stsd')
  if (!stbl || !stsd || u32(stsd.body, 4) !== 1) throw new RangeError('no samples')
  const [entry] = parse(stsd.body.subarray(8), [])
  if (!entry || !CODECS.includes(entry.type)) throw new RangeError('codec')
  const description = sampleEntry(entry, kind)
  stsd.body = Uint8Array.from([...stsd.body.subarray(0, 8), ...write(description.entry)])
  return { kind, codec: entry.type, trak, chunks: chunksOf(stbl, size, description.blank === nothing), blank: description.blank }
}

/** A sample entry without the names of makers, and with what its decoder needs. */
function sampleEntry({ type, body }: Node, kind: RawTrack['kind']): { entry: Node; blank: Blanker } {
  const version = view(body).getUint16(8)
  const fields = kind === 'vide' ? 78 : 28 + ([0, 16, 36][version] ?? 0)
  const head = body.slice(0, fields)
  head.fill(0, 10, 16) // revision, vendor
  if (kind === 'vide') head.fill(0, 42, 74) // the compressor's name
  let blank = type === 'mp4v' ? mpeg4Blanker : nothing
  const extensions = parse(body.subarray(fields), []).filter((node) => EXTENSIONS.includes(node.type)).filter((node) => {
    if (type === 'mp4v' && node.type === 'esds') mpeg4Blanker(node.body)
    if (node.type === 'damr') node.body.fill(0, 0, 5) // vendor, version
    if (node.type === 'avcC') {
      blank = avcBlanker((node.body[4]! & 3) + 1)
      node.body = avcC(node.body)
    }
    // Only numbers; a profile has texts in it.
    return node.type !== 'colr' || ['nclx', 'nclc'].includes(letters(node.body.subarray(0, 4)))
  })
  if (type === 'avc1' && blank === nothing) throw new RangeError('no description')
  return { entry: { type, inside: null, body: Uint8Array.from([...head, ...extensions.flatMap((node) => [...write(node)])]) }, blank }
}

/** A length in equal parts and a rest. */
function slices(length: number, part: number): number[] {
  const count = Math.ceil(length / part)
  return Array.from({ length: count }, (_, i) => Math.min(part, length - i * part))
}

/** Where the chunks lie and how long their samples are; `whole`: samples of one size need not be told apart. */
function chunksOf(stbl: Node, fileSize: number, whole: boolean): RawTrack['chunks'] {
  const table = (type: string): Uint8Array | null => find(stbl.inside, type)?.body ?? null
  const [stsz, stsc, short, long] = [table('stsz'), table('stsc'), table('stco'), table('co64')]
  const places = short ?? long
  if (!stsz || !stsc || !places) throw new RangeError('no tables')
  const [same, count, runs] = [u32(stsz, 4), u32(stsz, 8), u32(stsc, 4)]
  if (same * count > fileSize || count > MOST.samples) throw new RangeError('more samples than the file has')
  const chunks: RawTrack['chunks'] = []
  for (let chunk = 0, run = 0, sample = 0; chunk < u32(places, 4); chunk++) {
    if (run + 1 < runs && u32(stsc, 8 + 12 * (run + 1)) <= chunk + 1) run += 1
    const offset = short ? u32(short, 8 + 4 * chunk) : u32(places, 8 + 8 * chunk) * 2 ** 32 + u32(places, 12 + 8 * chunk)
    const samples = Math.max(0, Math.min(u32(stsc, 12 + 12 * run), count - sample))
    const sizes = same ? slices(samples * same, whole ? MOST.piece : same) : Array.from({ length: samples }, (_, i) => u32(stsz, 12 + 4 * (sample + i)))
    sample += samples
    const end = offset + sum(sizes)
    if (end > fileSize || sizes.some((size) => size > MOST.sample)) throw new RangeError('a chunk outside of the file')
    chunks.push({ offset, sizes })
  }
  return chunks
}

/** A head without times, languages and what editors remember. */
function blankHead(node: Node): Node {
  const body = node.body.slice()
  const later = body[0] === 1 ? 12 : 0
  body.fill(0, 4, later === 0 ? 12 : 20)
  if (node.type === 'mvhd') body.fill(0, 72 + later, 96 + later)
  // "und": the language of the phone says where somebody is from.
  if (node.type === 'mdhd') body.set([0x55, 0xc4], 20 + later)
  return { ...node, body }
}

/** A track with what picture or sound need, its samples where they now lie. */
function fresh({ kind, trak }: RawTrack, starts: readonly number[]): Node {
  const get = (...path: string[]): Node | null => find(trak.inside, ...path)
  const node = (type: string, inside: (Node | null)[]): Node => ({ type, body: new Uint8Array(), inside: inside.filter((each) => each !== null) })
  const leaf = (type: string, body: Uint8Array): Node => ({ type, body, inside: null })
  const places = new Uint8Array(8 + 4 * starts.length)
  view(places).setUint32(4, starts.length)
  starts.forEach((start, i) => view(places).setUint32(8 + 4 * i, start))
  const mdhd = get('mdia', 'mdhd')
  const tkhd = get('tkhd')
  if (!mdhd || !tkhd) throw new RangeError('no heads')
  const hdlr = new Uint8Array(25)
  hdlr.set(text(kind), 8)
  const tables = TABLES.map((type) => get('mdia', 'minf', 'stbl', type))
  const stbl = node('stbl', [get('mdia', 'minf', 'stbl', 'stsd'), ...tables, leaf('stco', places)])
  const heads = kind === 'vide' ? leaf('vmhd', Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0)) : leaf('smhd', new Uint8Array(8))
  // One entry: the media lies in this file.
  const dref = leaf('dref', Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 1, ...box('url ', Uint8Array.of(0, 0, 0, 1))]))
  const media = node('mdia', [blankHead(mdhd), leaf('hdlr', hdlr), node('minf', [heads, node('dinf', [dref]), stbl])])
  const elst = get('edts', 'elst')
  return node('trak', [blankHead(tkhd), elst && node('edts', [elst]), media])
}
