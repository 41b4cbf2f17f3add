// C2SP tlog-policy in the one way Hamseda writes it.
import { decimal, text } from './bytes'
import { type Key, key } from './note'

/** Floors that protect contributors. */
export interface Floors {
  batch: number
  k: number
}

/** Which log key, which witnesses, how many of them. */
export interface Policy {
  floors: Floors
  log: Key
  witnesses: { name: string; key: Key }[]
  groups: { name: string; threshold: number; members: string[] }[]
  quorum: string
}

const FLOOR_LIMIT = 2 ** 32

/** Reads a policy, or null when any line is not written the one way. */
export function policy(bytes: Uint8Array): Policy | null {
  const lines = text(bytes)?.split('\n') ?? []
  if (lines.pop() !== '') return null
  const [batch, k] = [floor(lines.shift(), '# hamseda batch-floor '), floor(lines.shift(), '# hamseda k ')]
  const log = namedKey(lines.shift()?.split(' ') ?? [], 'log', 1)
  const last = lines.pop()?.split(' ') ?? []
  if (batch === null || k === null || log === null || last[0] !== 'quorum' || last.length !== 2) return null
  const out: Policy = { floors: { batch, k }, log, witnesses: [], groups: [], quorum: last[1] ?? '' }
  if (!lines.every((line) => member(out, line.split(' ')))) return null
  return out.quorum === 'none' || defined(out, out.quorum) ? out : null
}

/** Whether these witnesses are enough. */
export function met(by: Policy, cosigned: ReadonlySet<string>): boolean {
  const all = new Set(cosigned)
  for (const group of by.groups) {
    if (group.members.filter((name) => all.has(name)).length >= group.threshold) all.add(group.name)
  }
  return by.quorum === 'none' || all.has(by.quorum)
}

function floor(line: string | undefined, prefix: string): number | null {
  const value = line?.startsWith(prefix) === true ? decimal(line.slice(prefix.length)) : null
  return value !== null && value > 0 && value < FLOOR_LIMIT ? value : null
}

function namedKey(words: string[], kind: string, usage: 1 | 4): Key | null {
  const found = words[0] === kind && words.length === (usage === 1 ? 2 : 3) ? key(words[words.length - 1] ?? '') : null
  return found?.usage === usage ? found : null
}

const defined = (out: Policy, name: string) => [...out.witnesses, ...out.groups].some((entry) => entry.name === name)
const fresh = (out: Policy, name: string) => name !== '' && name !== 'none' && !defined(out, name)

/** Adds a line `witness …` or `group …`; witnesses stand before groups. */
function member(out: Policy, words: string[]): boolean {
  const name = words[1] ?? ''
  if (!fresh(out, name)) return false
  const witness = namedKey(words, 'witness', 4)
  if (witness !== null && out.groups.length === 0) {
    const twin = out.witnesses.some((w) => w.key.bytes.every((byte, i) => byte === witness.bytes[i]))
    out.witnesses.push({ name, key: witness })
    return !twin
  }
  const [threshold, members] = [decimal(words[2]), words.slice(3)]
  if (words[0] !== 'group' || threshold === null || threshold < 1 || threshold > members.length) return false
  const taken = new Set(out.groups.flatMap((group) => group.members))
  if (new Set(members).size < members.length || !members.every((m) => defined(out, m) && !taken.has(m))) return false
  out.groups.push({ name, threshold, members })
  return true
}
