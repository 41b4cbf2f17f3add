// The store: only sealed bytes, under random names, gone when they should be. Its places in node: IndexedDB and memory.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import { Decrypter } from 'age-encryption'
import { bytes, code, hex, load, vector, vectors } from './testing.mjs'

const { Store, indexed, memory, sealInto, loadKeyset, splitParts } = await load('store/store', 'store/indexed', 'store/memory', 'message', 'keyset', 'parts')
globalThis.IDBKeyRange = IDBKeyRange
const json = readFileSync(new URL('seal/keyset.json', vectors))
const keyset = loadKeyset(new Uint8Array(json), JSON.parse(json).campaign_key, 20_600)
const choices = { picture: 'hide', voice: 'mute', lang: 'en', place: null, pseudonym: null, uses: { film: false, wall: false, count: true, testimony: false } }

const places = {
  async indexeddb() {
    globalThis.indexedDB = new IDBFactory()
    return indexed()
  },
  memory: async () => memory(),
}

/** Everything that is in IndexedDB, as text. */
async function everything() {
  const names = (await indexedDB.databases()).map(({ name }) => name)
  return names
}

for (const [kind, open] of Object.entries(places)) {
  describe(`a store in ${kind}`, () => {
    test('gives back what was written, under a name that says nothing', async () => {
      const store = new Store(await open())
      assert.equal(store.kind, kind)
      const writer = await store.create()
      const piece = new Uint8Array(1000)
      for (let i = 0; i < 300; i++) await writer.write(piece.fill(i))
      const file = await writer.close()
      assert.match(file.name, /^[a-z]{12}$/)
      const back = new Uint8Array(await (await file.blob()).arrayBuffer())
      assert.equal(back.length, 300_000)
      for (let i = 0; i < 300; i++) assert.equal(back[i * 1000 + 999], i % 256)
    })

    test('a message in it is opened by a desk key', async () => {
      const store = new Store(await open())
      const clip = crypto.getRandomValues(new Uint8Array(60_000))
      const told = []
      const message = await sealInto(store, new Blob([clip]), choices, keyset, { onProgress: (n) => told.push(n) })
      const sealed = new Uint8Array(await (await message.file.blob()).arrayBuffer())
      assert.equal(sealed.length, message.bytes)
      const decrypter = new Decrypter()
      decrypter.addIdentity(vector('seal/keys.json').desk[0].identity)
      const plain = Buffer.from(await decrypter.decrypt(sealed))
      assert.ok(plain.subarray(8, 60_008).equals(Buffer.from(clip)))
      assert.equal(told.at(-1), 60_000)
    })

    test('what fails or is stopped leaves nothing', async () => {
      const store = new Store(await open())
      const broken = new ReadableStream({ start: (c) => c.enqueue(new Uint8Array(70_000)), pull: () => Promise.reject(new Error('gone')) })
      await assert.rejects(sealInto(store, broken, choices, keyset), code('seal-read'))
      await assert.rejects(sealInto(store, new Blob([]), choices, keyset), code('clip-empty'))
      await assert.rejects(sealInto(store, new Blob([new Uint8Array(9)]), choices, keyset, { signal: AbortSignal.abort() }), code('aborted'))
      await assert.rejects(sealInto(store, new Blob([new Uint8Array(9)]), { ...choices, pseudonym: '' }, keyset), code('record-pseudonym'))
      assert.deepEqual(await store.remains(), [])
    })

    test('a later visit finds what a dead tab left, and what was kept with its upload', async () => {
      const place = await open()
      const first = new Store(place)
      const [a, b] = [await sealInto(first, new Blob(['a']), choices, keyset), await sealInto(first, new Blob(['b']), choices, keyset)]
      await (await first.create()).write(new Uint8Array(9)) // died while writing
      await first.keep(b.file, { url: '/upload/1', handle: 'h' })
      assert.deepEqual(await first.remains(), [], 'its own files are no remains')
      const later = await new Store(place).remains()
      assert.deepEqual(later.map(({ file, bytes, upload }) => [file.name, bytes, upload]).sort(), [[a.file.name, a.bytes, null], [b.file.name, b.bytes, { url: '/upload/1', handle: 'h' }]].sort())
      await new Store(place).wipe()
      assert.deepEqual(await new Store(place).remains(), [])
    })

    test('leaving wipes what was not kept', async () => {
      const place = await open()
      const store = new Store(place)
      const [gone, kept] = [await sealInto(store, new Blob(['a']), choices, keyset), await sealInto(store, new Blob(['b']), choices, keyset)]
      await store.keep(kept.file, { url: '/upload/1', handle: 'h' })
      store.leave()
      await new Promise((resolve) => setImmediate(resolve))
      const left = await new Store(place).remains()
      assert.deepEqual(left.map(({ file }) => file.name), [kept.file.name])
      assert.notEqual(gone.file.name, kept.file.name)
    })

    test('a file that is gone is an error with a code', async () => {
      const store = new Store(await open())
      const { file } = await sealInto(store, new Blob(['a']), choices, keyset)
      await file.remove()
      await store.wipe()
      if (kind === 'memory') await assert.rejects(file.blob(), code('store-lost'))
      assert.deepEqual(await store.remains(), [])
    })
  })
}

test('wiping IndexedDB leaves not even a database', async () => {
  const store = new Store(await places.indexeddb())
  await sealInto(store, new Blob(['a']), choices, keyset)
  assert.equal((await everything()).length, 1)
  await store.wipe()
  assert.deepEqual(await everything(), [])
})

test('parts carry everything: joined in any order they are the sealed file', async () => {
  const store = new Store(memory())
  const message = await sealInto(store, new Blob([crypto.getRandomValues(new Uint8Array(60_000))]), choices, keyset)
  const sealed = await message.file.blob()
  const whole = Buffer.from(await sealed.arrayBuffer())
  for (const payload of [65_536, 400_000, 8 * 2 ** 20 - 128]) {
    const parts = await splitParts(sealed, message.handle, { payload })
    assert.equal(parts.length, Math.ceil(whole.length / payload))
    const joined = Buffer.alloc(whole.length)
    for (const { name, index, count, blob } of parts) {
      assert.match(name, /^[a-z]{12}$/)
      const bytes = Buffer.from(await blob.arrayBuffer())
      assert.ok(bytes.length <= 8 * 2 ** 20)
      assert.equal(bytes.subarray(0, 8).toString(), 'hamsedap')
      assert.deepEqual([bytes.readUInt16BE(12), bytes.readUInt16BE(14), Number(bytes.readBigUInt64BE(16))], [index, count, whole.length])
      assert.equal(bytes.readUInt32BE(32), bytes.length - 128)
      assert.equal(bytes.subarray(36, 68).toString('hex'), hex(message.handle))
      assert.ok(bytes.subarray(68, 100).equals(createHash('sha256').update(whole).digest()))
      bytes.subarray(128).copy(joined, Number(bytes.readBigUInt64BE(24)))
    }
    assert.ok(joined.equals(whole))
  }
})

test('parts are those of the vectors', async () => {
  const block = (seed, i) => {
    const counter = Buffer.alloc(8)
    counter.writeBigUInt64BE(BigInt(i))
    return createHash('sha256').update(seed).update(counter).digest()
  }
  for (const v of vector('parts/parts.json').positive) {
    const whole = Buffer.concat(Array.from({ length: Math.ceil(v.total / 32) }, (_, i) => block(v.seed, i))).subarray(0, v.total)
    const parts = await splitParts(new Blob([whole]), bytes(v.handle), { payload: v.payload })
    const made = []
    for (const { blob } of parts) {
      const part = Buffer.from(await blob.arrayBuffer())
      made.push({ header: hex(part.subarray(0, 128)), length: part.length, sha256: createHash('sha256').update(part).digest('hex') })
    }
    assert.deepEqual(made, v.parts, v.name)
    assert.deepEqual(parts.map(({ name }) => name), parts.map(({ name }) => name).sort())
  }
})
