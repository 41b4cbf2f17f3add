// The little deterministic CBOR (RFC 8949, 4.2.1) of records and letters: shortest heads, small numbers as keys, ascending.
//
// Refuses, when reading, every other form of the same facts: what is read is written again and compared.
import { be, concat, equal, utf8 } from './bytes'

export type Cbor = number | string | Uint8Array | readonly Cbor[] | ReadonlyMap<number, Cbor>

function head(major: number, n: number): Uint8Array {
  if (n < 24) return Uint8Array.of((major << 5) | n)
  const [info, length] = n < 0x100 ? [24, 1] : n < 0x10000 ? [25, 2] : n < 0x1_0000_0000 ? [26, 4] : [27, 8]
  return concat(Uint8Array.of((major << 5) | info!), be(n, length!))
}

/** Writes a value; a map's keys come in the order they were set, which has to be ascending. */
export function encode(value: Cbor): Uint8Array {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value)
  if (typeof value === 'string') return concat(head(3, utf8(value).length), utf8(value))
  if (value instanceof Uint8Array) return concat(head(2, value.length), value)
  if (isList(value)) return concat(head(4, value.length), ...value.map(encode))
  return concat(head(5, value.size), ...Array.from(value).flatMap(([key, field]) => [encode(key), encode(field)]))
}

const isList = (value: Cbor): value is readonly Cbor[] => Array.isArray(value)

/** Reads one value from the start of a block whose rest is zeros; null for anything else. */
export function decode(block: Uint8Array): Cbor | null {
  try {
    const reader = new Reader(block)
    const value = reader.item(0)
    const rest = block.subarray(reader.at)
    return equal(encode(value), block.subarray(0, reader.at)) && rest.every((byte) => byte === 0) ? value : null
  } catch {
    return null
  }
}

class Reader {
  at = 0
  constructor(private readonly bytes: Uint8Array) {}

  item(depth: number): Cbor {
    const start = this.byte()
    const [major, n] = [start >> 5, this.argument(start & 31)]
    if (depth > 4) throw new RangeError('deep')
    if (major === 0) return n
    if (major === 1) return -1 - n
    if (major === 2) return this.take(n)
    if (major === 3) return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(this.take(n))
    if (n > this.bytes.length) throw new RangeError('count')
    if (major === 4) return Array.from({ length: n }, () => this.item(depth + 1))
    if (major === 5) return this.map(n, depth + 1)
    throw new RangeError('major')
  }

  private map(n: number, depth: number): Map<number, Cbor> {
    const map = new Map<number, Cbor>()
    let before = -1
    for (let i = 0; i < n; i++) {
      const key = this.item(depth)
      if (typeof key !== 'number' || key <= before) throw new RangeError('key')
      map.set((before = key), this.item(depth))
    }
    return map
  }

  private argument(info: number): number {
    if (info < 24) return info
    if (info > 27) throw new RangeError('head')
    return this.take(2 ** (info - 24)).reduce((all, byte) => all * 256 + byte, 0)
  }

  private byte(): number {
    return this.take(1)[0]!
  }

  private take(n: number): Uint8Array {
    if (n > this.bytes.length - this.at) throw new RangeError('end')
    return this.bytes.slice(this.at, (this.at += n))
  }
}
