// The recount of the verify page against the vectors that the Rust crate writes: same reports, same faults.
//
// Run: node --test web/site/verify/ (after npm ci in web/).
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const here = fileURLToPath(new URL('.', import.meta.url))
const vectors = join(here, '../../../vectors/tally')

/** The module as the page gets it: bundled, as ES2020. */
async function load() {
  const lib = { entry: join(here, 'recount.ts'), formats: ['es'], fileName: 'recount' }
  const made = await build({ configFile: false, logLevel: 'error', build: { write: false, minify: false, target: 'es2020', lib } })
  const { code } = (Array.isArray(made) ? made[0] : made).output[0]
  return import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`)
}

const { recount, shardCount } = await load()
const plain = (value) => JSON.parse(JSON.stringify(value))

function site(name) {
  const changed = new Map()
  const read = async (path) => {
    if (changed.has(path)) return changed.get(path)
    const file = join(vectors, name, path)
    return existsSync(file) ? new Uint8Array(readFileSync(file)) : null
  }
  return { read, changed }
}

for (const name of ['small', 'long']) {
  test(`${name}: the report is the one Rust writes`, async () => {
    const expected = JSON.parse(readFileSync(join(vectors, name, 'report.json'), 'utf8'))
    assert.deepEqual(plain(await recount(site(name).read)), expected)
  })

  test(`${name}: each changed bit is named as Rust names it`, async () => {
    // Partial tiles of earlier checkpoints can't be found without listing the folder; the command line does.
    const asked = new Set()
    const { read } = site(name)
    await recount((path) => (asked.add(path), read(path)))
    const lines = readFileSync(join(vectors, name, 'faults.jsonl'), 'utf8').trim().split('\n').map((l) => JSON.parse(l))
    let checked = 0
    for (const { path, byte, faults } of lines.filter((line) => asked.has(line.path))) {
      const { read, changed } = site(name)
      const bytes = await read(path)
      bytes[byte] ^= 1
      changed.set(path, bytes)
      const report = await recount(read)
      assert.deepEqual(report.faults.map((f) => `${f.code} ${f.path}`), faults, `${path} byte ${byte}`)
      assert.equal(report.ok, false)
      checked++
    }
    assert.ok(checked > 30)
  })

  test(`${name}: a missing file is named`, async () => {
    const { read } = site(name)
    const asked = new Set()
    await recount((path) => (asked.add(path), read(path)))
    for (const gone of asked) {
      const report = await recount(async (path) => (path === gone ? null : read(path)))
      assert.ok(report.faults.some((f) => f.path === gone && f.code === 'file-missing'), gone)
    }
  })
}

test('what a page opened from a folder can read is enough for the count', async () => {
  const handed = new Map()
  const scripts = Array.from({ length: shardCount(316) }, (_, n) => readFileSync(join(vectors, `long/log/js/${n}.js`), 'utf8'))
  const hamsedaLog = (path, base64) => handed.set(path, new Uint8Array(Buffer.from(base64, 'base64')))
  for (const script of scripts) new Function('hamsedaLog', script)(hamsedaLog)
  const report = await recount(async (path) => handed.get(path) ?? null, { clips: false, scripts: false })
  assert.equal(report.ok, true)
  assert.equal(report.count.net, 300)
})

test('another policy than the printed one is named', async () => {
  const report = await recount(site('small').read, { policySha256: '00'.repeat(32) })
  assert.deepEqual(report.faults.map((f) => f.code), ['policy-unexpected'])
})

test('a file that fails to arrive is not called missing', async () => {
  const { read } = site('small')
  const report = await recount((path) => (path === 'log/tags.bin' ? Promise.reject(new Error('offline')) : read(path)))
  assert.deepEqual(report.faults.map((f) => `${f.code} ${f.path}`).slice(0, 1), ['file-unreadable log/tags.bin'])
})
