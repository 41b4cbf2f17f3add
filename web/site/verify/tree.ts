// RFC 6962 hashing and C2SP tlog-tiles paths.
import { sha256 } from '@noble/hashes/sha2.js'
import { join } from './bytes'

/** Entries or hashes in a full tile. */
export const WIDTH = 256

/** Hash of an entry. */
export function leafHash(entry: Uint8Array): Uint8Array {
  const block = new Uint8Array(entry.length + 1)
  block.set(entry, 1)
  return sha256(block)
}

const node = new Uint8Array(65)

/** Hash of two subtrees. */
function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  node[0] = 1
  node.set(left, 1)
  node.set(right, 33)
  return sha256(node)
}

/** A tree that grows by a leaf at a time and keeps the hash of every complete subtree. */
export class Tree {
  /** `levels[k][i]` is the hash of leaves `i·2ᵏ .. (i+1)·2ᵏ`. */
  private readonly levels: Uint8Array[][] = []

  push(leaf: Uint8Array): void {
    let hash = leaf
    for (let level = 0; ; level++) {
      const row = (this.levels[level] ??= [])
      row.push(hash)
      const left = row[row.length - 2]
      if (row.length % 2 === 1 || left === undefined) return
      hash = nodeHash(left, hash)
    }
  }

  root(): Uint8Array {
    let root: Uint8Array | null = null
    for (const row of this.levels) {
      const edge = row.length % 2 === 1 ? row[row.length - 1] : undefined
      if (edge !== undefined) root = root === null ? edge : nodeHash(edge, root)
    }
    return root ?? sha256(new Uint8Array())
  }

  /** Bytes of a hash tile. */
  tile({ level, index, width }: Tile): Uint8Array {
    const row = this.levels[8 * level] ?? []
    return join(row.slice(index * WIDTH, index * WIDTH + width))
  }
}

/** A tile's name; level −1 is an entry bundle. */
export interface Tile {
  level: number
  index: number
  width: number
}

/** Path of a tile or bundle. */
export function tilePath({ level, index, width }: Tile): string {
  const groups = [String(index % 1000).padStart(3, '0')]
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    groups.unshift(`x${String(rest % 1000).padStart(3, '0')}`)
  }
  const name = `log/tile/${level < 0 ? 'entries' : level}/${groups.join('/')}`
  return width === WIDTH ? name : `${name}.p/${width}`
}

/** All tiles and bundles of a tree: entries first, then level after level. */
export function tilesOf(size: number): Tile[] {
  const tiles: Tile[] = []
  for (let level = -1; level < 8; level++) {
    const hashes = level < 0 ? size : Math.floor(size / 256 ** level)
    for (let index = 0; index * WIDTH < hashes; index++) {
      tiles.push({ level, index, width: Math.min(WIDTH, hashes - index * WIDTH) })
    }
  }
  return tiles
}
