// The JSON files of the log, in their one canonical form, and the scripts that carry the log to a page opened from a folder.
import { sha256 } from '@noble/hashes/sha2.js'
import { hmac } from '@noble/hashes/hmac.js'
import { ascii, base64, hex, join, same, text, unbase64, unhex } from './bytes'
import type { Leaf, Span } from './leaf'
import type { Floors } from './policy'
import { WIDTH, tilePath, tilesOf } from './tree'

/** The public file of a closed batch. */
export interface BatchFile {
  batch: number
  closing: boolean
  custody_head: string
  floors: Floors
  policy_sha256: string
  received: number
  rejected: Record<string, number>
  token_root: string
  unreadable: number
}

/** A published clip and its leaf. */
export interface Clip {
  leaf: number
  path: string
  salt: string
  sha256: string
}

/** `log/published.json`. */
export interface Index {
  clips: Clip[]
  taken_down: number[]
}

/** Reject codes in byte order. */
const REJECT_CODES = ['harm', 'junk', 'off-topic', 'risk', 'unclear']

const natural = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0
const hash = (value: unknown): value is string => unhex(value, 32) !== null

/** Parses JSON, or null; `rebuild` writes what it understood, and only the very same text passes. */
function canonical<T>(bytes: Uint8Array, rebuild: (value: T) => unknown): T | null {
  const source = text(bytes)
  try {
    const value = JSON.parse(source ?? '') as T
    return `${JSON.stringify(rebuild(value))}\n` === source ? value : null
  } catch {
    return null
  }
}

/** Reads a batch file, or null. */
export function batchFile(bytes: Uint8Array): BatchFile | null {
  const file = canonical<BatchFile>(bytes, (f) => ({
    batch: f.batch, closing: f.closing, custody_head: f.custody_head, floors: { batch: f.floors.batch, k: f.floors.k },
    policy_sha256: f.policy_sha256, received: f.received,
    rejected: Object.fromEntries(REJECT_CODES.filter((code) => code in f.rejected).map((code) => [code, f.rejected[code]])),
    token_root: f.token_root, unreadable: f.unreadable,
  }))
  if (file === null) return null
  const numbers = [file.batch, file.floors.batch, file.floors.k, file.received, file.unreadable]
  const rejected = Object.values(file.rejected).every((n) => natural(n) && n > 0)
  const hashes = [file.custody_head, file.policy_sha256, file.token_root].every(hash)
  return numbers.every(natural) && rejected && hashes && typeof file.closing === 'boolean' ? file : null
}

/** Batch and sentence of each rule that the batch files break. */
export function batchBreaches(pairs: readonly (readonly [Span, BatchFile])[]): [number, string][] {
  const out: [number, string][] = []
  let [received, closed] = [0, false]
  for (const [span, file] of pairs) {
    const say = (broken: boolean, why: string) => void (broken && out.push([span.batch, why]))
    say(file.batch !== span.batch, 'its file is that of another batch')
    say(file.floors.batch === 0 || file.floors.k === 0, 'its floors are zero')
    const small = span.messages > 0 && span.messages < file.floors.batch
    say(small && !file.closing, 'it holds fewer messages than its own floor')
    say(closed && span.messages > 0, 'it holds messages, though the campaign was closed before')
    say(file.received < span.messagesSoFar, 'more messages were accepted than received')
    say(file.received < received, 'fewer messages were received than a batch before')
    received = file.received
    closed ||= file.closing
  }
  return out
}

const SITE_PATH = /^(?!log\/)(?:[A-Za-z0-9_-][A-Za-z0-9._-]*\/)*[A-Za-z0-9_-][A-Za-z0-9._-]*$/

/** Reads the index of published clips, or null. */
export function published(bytes: Uint8Array): Index | null {
  const index = canonical<Index>(bytes, (i) => ({
    clips: i.clips.map((c) => ({ leaf: c.leaf, path: c.path, salt: c.salt, sha256: c.sha256 })),
    taken_down: [...i.taken_down],
  }))
  if (index === null) return null
  const [listed, down] = [index.clips.map((c) => c.leaf), index.taken_down]
  const rising = (numbers: number[]) => numbers.every((n, i) => natural(n) && (i === 0 || n > (numbers[i - 1] ?? 0)))
  const once = new Set([...listed, ...down]).size === listed.length + down.length
  const paths = new Set(index.clips.map((c) => c.path)).size === listed.length
  const plain = index.clips.every((c) => typeof c.path === 'string' && SITE_PATH.test(c.path) && hash(c.salt) && hash(c.sha256))
  return rising(listed) && rising(down) && once && paths && plain ? index : null
}

/** A sentence for each way in which the index does not fit the leaves. */
export function publishedBreaches(leaves: readonly Leaf[], index: Index): string[] {
  const open = new Map<number, Uint8Array>()
  leaves.forEach((leaf, i) => void (leaf.kind === 'P' && open.set(i, leaf.commitment)))
  const out: string[] = []
  for (const clip of index.clips) {
    const commitment = open.get(clip.leaf)
    const [salt, file] = [unhex(clip.salt, 32), unhex(clip.sha256, 32)]
    if (commitment === undefined) out.push(`${clip.path} names leaf ${clip.leaf}, which is no published clip`)
    else if (salt === null || file === null || !same(hmac(sha256, salt, file), commitment)) {
      out.push(`salt and hash of ${clip.path} do not open leaf ${clip.leaf}`)
    }
    open.delete(clip.leaf)
  }
  for (const leaf of index.taken_down) {
    if (!open.delete(leaf)) out.push(`leaf ${leaf} is listed as taken down, but is no published clip`)
  }
  for (const leaf of open.keys()) out.push(`the clip of leaf ${leaf} is neither listed nor listed as taken down`)
  return out
}

/** Full bundles in a script. */
const BUNDLES = 16

/** Number of the script that holds full bundle `index`; everything else is in script 0. */
export const shardOf = (index: number): number => 1 + Math.floor(index / BUNDLES)

/** Number of scripts of a log, script 0 included. */
export const shardCount = (size: number): number => 1 + Math.ceil(Math.floor(size / WIDTH) / BUNDLES)

/** Files of each script, in their order. */
export function shards(size: number, batches: number): string[][] {
  const out: string[][] = Array.from({ length: shardCount(size) }, () => [])
  const small = ['log/checkpoint', 'log/policy', 'log/published.json', 'log/tags.bin']
  for (let n = 1; n <= batches; n++) small.push(`log/batch/${n}.json`)
  out[0]?.push(...small)
  for (const tile of tilesOf(size)) {
    const shard = tile.level <= 0 && tile.width === WIDTH ? shardOf(tile.index) : 0
    out[shard]?.push(tilePath(tile))
  }
  return out
}

/** The script that holds these files. */
export const script = (files: readonly (readonly [string, Uint8Array])[]): Uint8Array =>
  join(files.flatMap(([path, bytes]) => [ascii(`hamsedaLog("${path}","`), base64(bytes), ascii('");\n')]))

/** Reads a script, or null. */
export function parseScript(bytes: Uint8Array): [string, Uint8Array][] | null {
  const lines = text(bytes)?.split('\n') ?? []
  if (lines.pop() !== '') return null
  const out: [string, Uint8Array][] = []
  for (const line of lines) {
    const [, path, content] = /^hamsedaLog\("([!#-[\]-~]+)","([A-Za-z0-9+/=]*)"\);$/.exec(line) ?? []
    const file = content === undefined ? null : unbase64(content)
    if (path === undefined || file === null) return null
    out.push([path, file])
  }
  return out
}

/** SHA-256 as hex. */
export const sha256Hex = (bytes: Uint8Array): string => hex(sha256(bytes))
