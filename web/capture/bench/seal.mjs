// How fast the page's own code seals: node with its just-in-time compiler and without, beside typage on the same bytes.
//
//   node seal.mjs [--json] [--mb 64] [--browser]      needs npm ci in web; --browser needs npm ci in e2e and chromium
//
// The last line of --json is one object: MB/s of clip sealed; with --browser also the peak memory of a page that seals a
// clip of 300 MB into its store, and what it took to do so.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { bundle, vectors } from '../lib/testing.mjs'

const flags = new Set(process.argv.slice(2))
const value = (name, other) => (process.argv.includes(name) ? Number(process.argv[process.argv.indexOf(name) + 1]) : other)
const mb = value('--mb', 64)

const ENTRY = `
export * from './sealer'
export * from './keyset'
export { chacha20poly1305 } from '@noble/ciphers/chacha.js'
`

/** Runs in a process of its own, so that each has the compiler it is to have. */
const CHILD = `
const [lib, keysetFile, what, mb] = process.argv.slice(1)
const { readFileSync } = await import('node:fs')
const { Sealer, loadKeyset } = await import(lib)
const json = new Uint8Array(readFileSync(keysetFile))
const keyset = loadKeyset(json, JSON.parse(new TextDecoder().decode(json)).campaign_key, 20600)
const choices = { picture: 'hide', voice: 'mute', lang: 'en', place: null, pseudonym: null, uses: { film: false, wall: false, count: true, testimony: false } }
const piece = new Uint8Array(1024 * 1024).map((_, i) => i * 7)
async function ours(pieces) {
  let bytes = 0
  const sealer = new Sealer(keyset, async (part) => { bytes += part.length })
  for (let i = 0; i < pieces; i++) await sealer.write(piece)
  await sealer.finish(choices)
  return bytes
}
async function typage(pieces) {
  const { Encrypter } = await import(process.env.TYPAGE)
  const encrypter = new Encrypter()
  for (const recipient of JSON.parse(new TextDecoder().decode(json)).recipients) encrypter.addRecipient(recipient)
  let left = pieces
  const source = new ReadableStream({ pull: (c) => (left-- > 0 ? c.enqueue(piece) : c.close()) })
  let bytes = 0
  for await (const part of await encrypter.encrypt(source)) bytes += part.length
  return bytes
}
const run = what === 'ours' ? ours : typage
await run(1)
const began = performance.now()
const bytes = await run(Number(mb))
const seconds = (performance.now() - began) / 1000
console.log(JSON.stringify({ mb_per_s: bytes / 1e6 / seconds, seconds, bytes, rss_mib: process.resourceUsage().maxRSS / 1024 }))
`

function child(lib, what, jitless, size) {
  const typage = import.meta.resolve('age-encryption')
  const args = [...(jitless ? ['--jitless'] : []), '--input-type=module', '-e', CHILD, '--', pathToFileURL(lib).href, fileURLToPath(new URL('seal/keyset.json', vectors)), what, String(size)]
  const env = { ...process.env, TYPAGE: typage }
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'ignore'] }).trim().split('\n').at(-1))
}

const folder = mkdtempSync(join(tmpdir(), 'hamseda-bench-'))
try {
  const lib = join(folder, 'lib.mjs')
  writeFileSync(lib, await bundle(ENTRY))
  const results = {}
  for (const what of ['ours', 'typage']) {
    results[`node_${what}`] = child(lib, what, false, mb)
    results[`node_${what}_jitless`] = child(lib, what, true, Math.max(2, Math.round(mb / 16)))
  }
  if (flags.has('--browser')) Object.assign(results, await (await import('./browser.mjs')).measure())
  for (const [name, { mb_per_s: speed, ...rest }] of Object.entries(results)) {
    console.log(`${name.padEnd(26)} ${speed.toFixed(1).padStart(8)} MB/s  ${Object.entries(rest).map(([k, v]) => `${k} ${Math.round(v * 10) / 10}`).join('  ')}`)
  }
  if (flags.has('--json')) console.log(JSON.stringify(results))
} finally {
  rmSync(folder, { recursive: true, force: true })
}
