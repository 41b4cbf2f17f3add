// Leaves and the rules they keep together: batches 1, 2, 3 … each sorted by tag and closed by one B leaf, no tag used
// twice, no more struck messages than accepted ones.
import { hex } from './bytes'

/** Length of an entry. */
export const LEAF = 54

/** One entry of the log. */
export interface Leaf {
  kind: string
  batch: number
  tag: Uint8Array
  commitment: Uint8Array
}

/** A batch as the leaves show it. */
export interface Span {
  batch: number
  close: number
  messages: number
  messagesSoFar: number
}

/** What the leaves say. */
export interface Count {
  accepted: number
  uninvited: number
  withdrawn: number
  duplicate: number
  canary: number
  net: number
  published: number
  batches: number
  leaves: number
}

const isMessage = (kind: string) => 'AU'.includes(kind)
const isStrike = (kind: string) => 'WDT'.includes(kind)

/** Reads a leaf, or null. */
export function leaf(bytes: Uint8Array): Leaf | null {
  if (bytes.length !== LEAF || bytes[0] !== 1) return null
  const kind = String.fromCharCode(bytes[1] ?? 0)
  const batch = new DataView(bytes.buffer, bytes.byteOffset).getUint32(2)
  const [tag, commitment] = [bytes.subarray(6, 22), bytes.subarray(22)]
  const tagged = 'AUWDTP'.includes(kind)
  if ((!tagged && !'BFRX'.includes(kind)) || batch === 0 || tagged === tag.every((byte) => byte === 0)) return null
  return { kind, batch, tag, commitment }
}

/** Counts: net = A − W − D − T. */
export function count(leaves: readonly Leaf[]): Count {
  const of: Record<string, number> = {}
  for (const { kind } of leaves) of[kind] = (of[kind] ?? 0) + 1
  const n = (kind: string) => of[kind] ?? 0
  const net = Math.max(0, n('A') - n('W') - n('D') - n('T'))
  return {
    accepted: n('A'), uninvited: n('U'), withdrawn: n('W'), duplicate: n('D'), canary: n('T'), net,
    published: n('P'), batches: n('B'), leaves: leaves.length,
  }
}

/** Batches in order, as far as B leaves close them. */
export function spans(leaves: readonly Leaf[]): Span[] {
  const out: Span[] = []
  let [messages, messagesSoFar] = [0, 0]
  leaves.forEach(({ kind, batch }, close) => {
    if (isMessage(kind)) messages++
    if (kind !== 'B') return
    messagesSoFar += messages
    out.push({ batch, close, messages, messagesSoFar })
    messages = 0
  })
  return out
}

/** Position and sentence of each broken rule. */
export function breaches(leaves: readonly Leaf[]): [number, string][] {
  const out: [number, string][] = []
  const seen = new Set<string>()
  let [closed, before, messages, struck] = [0, '', 0, 0]
  leaves.forEach((one, index) => {
    if (one.batch !== closed + 1) out.push([index, `it says batch ${one.batch} where batch ${closed + 1} is open`])
    const tag = hex(one.tag)
    const order = `${tag} ${one.kind} ${hex(one.commitment)}`
    if (isMessage(one.kind)) messages++
    if (isStrike(one.kind)) struck++
    if (one.kind === 'B') {
      ;[closed, before] = [one.batch, '']
      if (struck > messages) out.push([index, 'more messages are struck than were ever accepted'])
      return
    }
    if (before >= order) out.push([index, 'leaves of a batch are sorted by tag, and this one is out of order'])
    before = order
    if ('FRX'.includes(one.kind)) return
    const role = isMessage(one.kind) ? 'receipt' : isStrike(one.kind) ? 'struck message' : 'clip'
    if (seen.has(`${role} ${tag}`)) out.push([index, `the tag of a ${role} stands in the log twice`])
    seen.add(`${role} ${tag}`)
  })
  if (leaves.length > 0 && leaves[leaves.length - 1]?.kind !== 'B') {
    out.push([leaves.length - 1, 'the last batch is not closed by a B leaf'])
  }
  return out
}
