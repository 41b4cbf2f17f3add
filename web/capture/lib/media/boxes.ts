// Boxes of MP4 and QuickTime: finding them in a file without reading it all, taking them apart and putting them together.
import { be, concat } from '../bytes'

export interface Box {
  type: string
  /** Where the content begins and the box ends. */
  start: number
  end: number
}

/** Boxes beside each other in `bytes`; stops at the first that can't be. */
export function* boxes(bytes: Uint8Array, from = 0, to = bytes.length): Generator<Box, void, undefined> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = from; at + 8 <= to; ) {
    const { type, head, length } = boxHead(view, at, to - at)
    if (length < head || at + length > to) return
    yield { type, start: at + head, end: at + length }
    at += length
  }
}

/** Head of a box: its type, the length of the head, the length of all (to the end of the file when it says 0). */
export function boxHead(view: DataView, at: number, left: number): { type: string; head: number; length: number } {
  const type = String.fromCharCode(view.getUint8(at + 4), view.getUint8(at + 5), view.getUint8(at + 6), view.getUint8(at + 7))
  const short = view.getUint32(at)
  if (short === 0) return { type, head: 8, length: left }
  if (short !== 1) return { type, head: 8, length: short }
  if (view.byteLength < at + 16) return { type, head: 16, length: 0 }
  return { type, head: 16, length: view.getUint32(at + 8) * 2 ** 32 + view.getUint32(at + 12) }
}

/** A box taken apart: boxes inside it, or bytes. */
export interface Node {
  type: string
  body: Uint8Array
  inside: Node[] | null
}

/** Takes boxes apart; `holders` are those that hold nothing but boxes. */
export function parse(bytes: Uint8Array, holders: readonly string[]): Node[] {
  return Array.from(boxes(bytes), ({ type, start, end }) => {
    const body = bytes.slice(start, end)
    return { type, body, inside: holders.includes(type) ? parse(body, holders) : null }
  })
}

export function write({ type, body, inside }: Node): Uint8Array {
  const content = inside === null ? body : concat(...inside.map(write))
  return concat(be(content.length + 8, 4), Uint8Array.from(type, (char) => char.charCodeAt(0)), content)
}

/** The first box below this path. */
export function find(nodes: readonly Node[] | null, ...path: readonly string[]): Node | null {
  const node = nodes?.find(({ type }) => type === path[0]) ?? null
  return node === null || path.length === 1 ? node : find(node.inside, ...path.slice(1))
}
