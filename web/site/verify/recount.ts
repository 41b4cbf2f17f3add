// The recount in the visitor's own browser: the twin of the Rust crate's `verify`, from the same static files.
//
// Trusts the log key of the policy and nothing else. What it can't see: files that lie beside the log and belong to nothing
// (a browser can't list a folder), so the command line looks at a little more.
import { hex, join, same } from './bytes'
import { type BatchFile, batchBreaches, batchFile, parseScript, published, publishedBreaches, script, sha256Hex, shards } from './files'
import { LEAF, type Leaf, type Span, breaches, count, leaf, spans } from './leaf'
import { type Checkpoint, checkpoint, cosigned, note, signed } from './note'
import { type Policy, met, policy } from './policy'
import { type Fault, type FaultCode, type Report, blank } from './report'
import { type Tile, Tree, WIDTH, leafHash, tilePath, tilesOf } from './tree'

export type { Fault, FaultCode, Report } from './report'
export { shardCount } from './files'

/** Reads a file of the site by its path from the site's root; null when there is none. */
export type Read = (path: string) => Promise<Uint8Array | null>

/** How much to check. */
export interface Options {
  /** Check published clips, reading each whole; a page may leave them to the command line. Default: yes. */
  clips?: boolean
  /** Check the scripts under `log/js/`; they are what is read when the page was opened from a folder. Default: yes. */
  scripts?: boolean
  /** SHA-256 of the policy, as printed in the film's credits. */
  policySha256?: string
  /** Told now and then how many leaves of how many are counted. */
  progress?: (done: number, total: number) => void
}

const MAX_LEAVES = 3_000_000
const PATIENCE = 64
/** Longest stretch of work before the page gets its turn, milliseconds. */
const TURN = 12

/** Recounts a site. */
export async function recount(read: Read, options: Options = {}): Promise<Report> {
  const audit = new Audit(read, options)
  const finished = await audit.run()
  audit.report.finished = finished
  audit.report.ok = finished && audit.report.faults.length === 0
  return audit.report
}

/** A bundle and the level-0 tile over the same leaves: each says what the other must be. */
interface Pair {
  entries: Tile
  hashes: Tile
  fromEntries: Uint8Array[] | null
  fromTile: Uint8Array[] | null
}

class Audit {
  readonly report = blank()
  private readonly files = new Map<string, Uint8Array>()
  private since = performance.now()

  constructor(private readonly read: Read, private readonly options: Options) {}

  /** False where nothing further can be trusted. */
  async run(): Promise<boolean> {
    const rules = await this.policy()
    const head = rules && (await this.checkpoint(rules))
    if (!rules || !head) return false
    if (head.size === 0 || head.size > MAX_LEAVES) {
      this.fault('log-size', 'log/checkpoint', head.size === 0 ? 'the log is empty: no batch has closed' : 'the log is too large')
      return false
    }
    const leaves = await this.tree(head)
    if (!leaves) return false
    await this.facts(rules, leaves)
    if (this.options.scripts !== false) await this.scripts(head.size, spans(leaves).length)
    return true
  }

  private fault(code: FaultCode, path: string, message: string): void {
    this.report.faults.push({ code, path, message } satisfies Fault)
  }

  private async fetch(path: string): Promise<Uint8Array | null> {
    const bytes = await this.read(path).catch(() => undefined)
    if (bytes) this.files.set(path, bytes)
    else if (bytes === null) this.fault('file-missing', path, 'the file is missing')
    else this.fault('file-unreadable', path, "the file can't be read")
    return bytes ?? null
  }

  private async turn(): Promise<void> {
    if (performance.now() - this.since < TURN) return
    await new Promise((resolve) => setTimeout(resolve))
    this.since = performance.now()
  }

  private async policy(): Promise<Policy | null> {
    const bytes = await this.fetch('log/policy')
    if (!bytes) return null
    this.report.policy_sha256 = sha256Hex(bytes)
    const parsed = policy(bytes)
    if (!parsed) this.fault('policy-malformed', 'log/policy', 'it is not a policy, or not written in the one canonical way')
    const expected = this.options.policySha256
    if (parsed && expected !== undefined && expected !== this.report.policy_sha256) {
      this.fault('policy-unexpected', 'log/policy', 'this is not the policy you expect')
    }
    return parsed
  }

  private async checkpoint(rules: Policy): Promise<Checkpoint | null> {
    const path = 'log/checkpoint'
    const bytes = await this.fetch(path)
    const parsed = bytes && note(bytes)
    if (!parsed) {
      if (bytes) this.fault('checkpoint-malformed', path, 'it is not a signed note')
      return null
    }
    if (!signed(parsed, rules.log)) {
      this.fault('checkpoint-signature', path, `the signature of ${rules.log.name} is missing or does not verify`)
      return null
    }
    const head = checkpoint(parsed.text)
    if (!head || head.origin !== rules.log.name) {
      this.fault('checkpoint-malformed', path, "it is not a checkpoint of the policy's log")
      return null
    }
    Object.assign(this.report, { origin: head.origin, size: head.size, root: hex(head.root) })
    const names = new Set<string>()
    for (const { name, key } of rules.witnesses) {
      const time = cosigned(parsed, key)
      if (time === false) this.fault('checkpoint-signature', path, `the cosignature of ${key.name} does not verify`)
      if (typeof time !== 'number') continue
      names.add(name)
      this.report.witnesses.push({ name, time })
    }
    const known = [rules.log, ...rules.witnesses.map((w) => w.key)]
    for (const line of parsed.lines) {
      if (known.some((k) => k.name === line.name && k.id === line.id)) continue
      this.fault('checkpoint-signer', path, `it carries a signature by ${line.name}, whom the policy doesn't know`)
    }
    if (!met(rules, names)) this.fault('checkpoint-quorum', path, 'fewer witnesses have cosigned than the policy asks for')
    return head
  }

  /** The leaves, when they are those that the checkpoint signs. */
  private async tree(head: Checkpoint): Promise<Leaf[] | null> {
    const leaves: Leaf[] = []
    const pairs = await this.pairs(head.size, leaves)
    if (!pairs) return null
    const right = (tree: Tree | null) => (tree && same(tree.root(), head.root) ? tree : null)
    let tree = right(await this.grow(pairs.map((p) => p.fromEntries ?? p.fromTile)))
    if (!tree) {
      tree = right(await this.grow(pairs.map((p) => p.fromTile ?? p.fromEntries)))
      this.blame(pairs, tree !== null)
    }
    if (!tree) return null
    for (const tile of tilesOf(head.size).filter((t) => t.level >= 0)) {
      const path = tilePath(tile)
      const found = tile.level === 0 ? this.files.get(path) : await this.fetch(path)
      if (found && !same(found, tree.tile(tile))) this.fault('tile-changed', path, 'its hashes are not those of the log')
    }
    return leaves.length === head.size && !this.report.faults.some((f) => f.code === 'entries-changed') ? leaves : null
  }

  private async pairs(size: number, leaves: Leaf[]): Promise<Pair[] | null> {
    const pairs: Pair[] = []
    const before = this.report.faults.length
    for (const entries of tilesOf(size).filter((t) => t.level < 0)) {
      const hashes = { ...entries, level: 0 }
      const fromEntries = await this.entries(entries, leaves)
      const tile = await this.fetch(tilePath(hashes))
      const whole = tile?.length === 32 * hashes.width
      const fromTile = whole ? Array.from({ length: hashes.width }, (_, i) => tile.subarray(32 * i, 32 * i + 32)) : null
      pairs.push({ entries, hashes, fromEntries, fromTile })
      this.options.progress?.(entries.index * WIDTH + entries.width, size)
      await this.turn()
      if (this.report.faults.length - before > PATIENCE) {
        this.fault('checkpoint-root', 'log/checkpoint', "too many of the files it speaks of can't be had")
        return null
      }
    }
    return pairs
  }

  private async entries(tile: Tile, leaves: Leaf[]): Promise<Uint8Array[] | null> {
    const path = tilePath(tile)
    const bytes = await this.fetch(path)
    if (!bytes) return null
    const entries = split(bytes)
    if (entries?.length !== tile.width) {
      this.fault('entries-changed', path, 'it does not hold as many entries as its name says')
      return null
    }
    entries.forEach((entry, i) => {
      const parsed = leaf(entry)
      if (parsed) leaves.push(parsed)
      else this.fault('entries-changed', path, `entry ${tile.index * WIDTH + i} is not a leaf of this log`)
    })
    return entries.map(leafHash)
  }

  private async grow(bundles: (Uint8Array[] | null)[]): Promise<Tree | null> {
    const tree = new Tree()
    for (const bundle of bundles) {
      if (!bundle) return null
      for (const hash of bundle) tree.push(hash)
      await this.turn()
    }
    return tree
  }

  /** Names the bundles that differ from tiles known to be right, or both where neither is. */
  private blame(pairs: Pair[], tilesAreRight: boolean): void {
    const before = this.report.faults.length
    for (const { entries, hashes, fromEntries, fromTile } of pairs) {
      const at = fromEntries && fromTile ? fromEntries.findIndex((hash, i) => !same(hash, fromTile[i] ?? hash)) : -1
      if (at < 0) continue
      const index = entries.index * WIDTH + at
      this.fault('entries-changed', tilePath(entries), `entry ${index} is not the one the log holds`)
      if (!tilesAreRight) this.fault('tile-changed', tilePath(hashes), `hash ${index} contradicts the entry`)
    }
    if (!tilesAreRight && this.report.faults.length === before) {
      this.fault('checkpoint-root', 'log/checkpoint', 'its root is not that of the entries beside it')
    }
  }

  private async facts(rules: Policy, leaves: Leaf[]): Promise<void> {
    this.report.count = count(leaves)
    for (const [index, why] of breaches(leaves)) {
      const bundle = Math.floor(index / WIDTH)
      const path = tilePath({ level: -1, index: bundle, width: Math.min(WIDTH, leaves.length - bundle * WIDTH) })
      this.fault('leaf-rule', path, `leaf ${index}: ${why}`)
    }
    await this.batches(rules, leaves, spans(leaves))
    const tags = join(leaves.filter((one) => 'AU'.includes(one.kind)).map((one) => one.tag))
    const found = await this.fetch('log/tags.bin')
    if (found && !same(found, tags)) this.fault('tags-changed', 'log/tags.bin', "it does not hold the tags of the log's messages, in their order")
    await this.published(leaves)
  }

  private async batches(rules: Policy, leaves: Leaf[], closed: Span[]): Promise<void> {
    const sound: [Span, BatchFile][] = []
    let last: BatchFile | null = null
    for (const [i, span] of closed.entries()) {
      const path = `log/batch/${i + 1}.json`
      const bytes = await this.fetch(path)
      last = null
      if (!bytes) continue
      const committed = leaves[span.close]?.commitment
      last = batchFile(bytes)
      if (!committed || sha256Hex(bytes) !== hex(committed)) {
        last = null
        this.fault('batch-changed', path, "it is not the file that the batch's leaf commits to")
      } else if (last) sound.push([span, last])
      else this.fault('batch-rule', path, 'it is not a batch file in the one canonical form')
    }
    for (const [batch, why] of batchBreaches(sound)) this.fault('batch-rule', `log/batch/${batch}.json`, why)
    const floors = sound.map(([, file]) => file.floors)
    if (floors.length > 0) {
      const [batch, k] = [Math.min(...floors.map((f) => f.batch)), Math.min(...floors.map((f) => f.k))]
      Object.assign(this.report, { floors: { batch, k }, floors_lowered: batch < 64 || k < 20 })
      this.report.received = sound[sound.length - 1]?.[1].received ?? null
    }
    if (!last) return
    if (last.policy_sha256 !== this.report.policy_sha256) {
      this.fault('policy-changed', 'log/policy', 'it is not the policy that the last batch commits to')
    } else if (last.floors.batch !== rules.floors.batch || last.floors.k !== rules.floors.k) {
      this.fault('batch-rule', `log/batch/${closed.length}.json`, 'its floors are not those of the policy it commits to')
    }
  }

  private async published(leaves: Leaf[]): Promise<void> {
    const path = 'log/published.json'
    const bytes = await this.fetch(path)
    const index = bytes && published(bytes)
    if (!index) {
      if (bytes) this.fault('published-index', path, 'it is not an index in the one canonical form')
      return
    }
    for (const why of publishedBreaches(leaves, index)) this.fault('published-index', path, why)
    Object.assign(this.report.clips, { listed: index.clips.length, taken_down: index.taken_down.length })
    if (this.options.clips === false) return
    for (const clip of index.clips) {
      const file = await this.read(clip.path).catch(() => undefined)
      if (file && sha256Hex(file) === clip.sha256) this.report.clips.verified++
      else if (file) this.fault('clip-changed', clip.path, `it is not the file that leaf ${clip.leaf} commits to`)
      else if (file === undefined) this.fault('file-unreadable', clip.path, "the file can't be read")
      else {
        this.fault('file-missing', clip.path, 'the file is missing')
        this.fault('published-index', path, `it lists ${clip.path}, which is not there`)
      }
      await this.turn()
    }
  }

  private async scripts(size: number, batches: number): Promise<void> {
    for (const [n, paths] of shards(size, batches).entries()) {
      const path = `log/js/${n}.js`
      const found = await this.fetch(path)
      if (!found) continue
      const present = paths.every((p) => this.files.has(p))
      if (present && same(found, script(paths.map((p) => [p, this.files.get(p) ?? found])))) continue
      const why = this.difference(found, paths)
      if (why) this.fault('script-changed', path, why)
      await this.turn()
    }
  }

  /** Why a script is not what it must be; null when the file beside it is the one at fault. */
  private difference(found: Uint8Array, paths: string[]): string | null {
    const held = parseScript(found)
    if (!held) return 'it is not made of plain calls'
    if (held.map(([path]) => path).join() !== paths.join()) return 'it does not hold the files it must, in their order'
    const faulty = new Set(this.report.faults.map((f) => f.path))
    const wrong = held.find(([path, bytes]) => !faulty.has(path) && !same(bytes, this.files.get(path) ?? new Uint8Array()))
    return wrong ? `the copy of ${wrong[0]} in it differs from the file` : null
  }
}

/** Entries of a bundle, each behind its length; null when one is cut off. */
function split(bytes: Uint8Array): Uint8Array[] | null {
  const entries: Uint8Array[] = []
  for (let at = 0; at < bytes.length; ) {
    const length = (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? LEAF)
    const entry = bytes.subarray(at + 2, at + 2 + length)
    if (entry.length !== length || at + 1 >= bytes.length) return null
    entries.push(entry)
    at += 2 + length
  }
  return entries
}
