// The library in Chromium, under the policy of the sending page: recording, cleaning, shrinking, storing, sending, leaving.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { Decrypter } from 'age-encryption'
import { choices, keysetFile, launch, serve } from '../bench/page.mjs'
import { vector } from './testing.mjs'

const tools = new URL('../../../e2e/node_modules/playwright-core', import.meta.url)
const skip = existsSync(process.env.CHROMIUM ?? '/usr/bin/chromium') && existsSync(tools) ? false : 'chromium or e2e/node_modules is missing; run cargo xtask setup --tests'
const KEY = JSON.parse(keysetFile).campaign_key

/** Uploads of a page, by their handle; a few lines of tus. */
function uploads() {
  const arrived = new Map()
  const answer = (response, status, headers = {}) => response.writeHead(status, { 'Tus-Resumable': '1.0.0', ...headers }).end()
  const take = async (request, response) => {
    if (request.method === 'POST') {
      const id = String(arrived.size).padStart(32, '0')
      arrived.set(`/upload/${id}`, { handle: request.headers['hamseda-handle'], token: request.headers['hamseda-token'], bytes: Buffer.alloc(0) })
      return answer(response, 201, { Location: `/upload/${id}` })
    }
    const own = arrived.get(request.url)
    if (!own) return answer(response, 404)
    if (request.method === 'PATCH') {
      // Browsers send a body again on their own when a connection they reused breaks: the offset says that it is old.
      if (Number(request.headers['upload-offset']) !== own.bytes.length) return answer(response, 409)
      const cut = own.token === 'cut-me' && !own.cut
      for await (const chunk of request) {
        own.bytes = Buffer.concat([own.bytes, chunk])
        if (cut && own.bytes.length > 400_000) {
          own.cut = own.bytes.length
          return request.socket.destroy()
        }
      }
    }
    return answer(response, 200, { 'Upload-Offset': own.bytes.length })
  }
  return { arrived, take }
}

async function opened(file) {
  const decrypter = new Decrypter()
  decrypter.addIdentity(vector('seal/keys.json').desk[0].identity)
  const plain = Buffer.from(await decrypter.decrypt(file))
  // The true length is the record's second field, 16 or 32 bits wide here.
  const record = plain.subarray(-16384)
  const wide = record[4] === 0x1a
  assert.ok(wide || record[4] === 0x19)
  return plain.subarray(8, 8 + (wide ? record.readUInt32BE(5) : record.readUInt16BE(5)))
}

/** What a page keeps on the device, by name. */
const traces = () => (async () => {
  const names = []
  for await (const name of (await navigator.storage.getDirectory()).keys()) names.push(name)
  for (const { name } of await indexedDB.databases()) names.push(`db ${name}`)
  return [...names, ...Object.keys(localStorage), ...Object.keys(sessionStorage), ...(document.cookie ? ['cookie'] : [])]
})()

describe('in a browser', { skip }, () => {
  let browser
  let server
  const { arrived, take } = uploads()
  before(async () => {
    server = await serve(take)
    browser = await launch()
  })
  after(async () => {
    await browser?.close()
    server?.close()
  })

  async function open(t, { script } = {}) {
    const context = await browser.newContext({ permissions: ['camera', 'microphone'] })
    t.after(() => context.close())
    const page = await context.newPage()
    const errors = []
    page.on('pageerror', (error) => errors.push(String(error)))
    t.after(() => assert.deepEqual(errors, []))
    if (script) await page.addInitScript(script)
    await page.goto(`${server.base}/#t=invite-1`)
    return page
  }

  const places = {
    opfs: undefined,
    indexeddb: () => delete globalThis.FileSystemFileHandle?.prototype.createWritable,
    memory: () => { delete globalThis.FileSystemFileHandle?.prototype.createWritable; Object.defineProperty(globalThis, 'indexedDB', { value: { open() { throw new Error('forbidden') } } }) },
  }
  for (const [kind, script] of Object.entries(places)) {
    test(`a picked clip is sealed into ${kind}, sent with its invite, and nothing is left`, async (t) => {
      const page = await open(t, { script })
      const result = await page.evaluate(([key, wanted]) => (async () => {
        const { loadKeyset, openStore, sealInto, upload, takeToken } = lib
        const keyset = loadKeyset(new Uint8Array(await (await fetch('/keyset')).arrayBuffer()), key, 20600)
        const store = await openStore()
        const token = takeToken()
        const clip = new Blob([new Uint8Array(3_000_000).map((_, i) => i * 7)])
        const message = await sealInto(store, clip, wanted, keyset)
        const told = []
        await upload(await message.file.blob(), '/upload', { handle: message.handle, token, onProgress: ({ safe }) => told.push(safe), chunk: 1_500_000 })
        await message.file.remove()
        await store.wipe()
        return { kind: store.kind, told, handle: Array.from(message.handle), bytes: message.bytes, hash: location.hash }
      })(), [KEY, choices])
      assert.equal(result.kind, kind)
      assert.equal(result.hash, '', 'the invite is gone from the address')
      const handle = Buffer.from(result.handle).toString('base64url')
      const sent = Array.from(arrived.values()).find((one) => one.handle === handle)
      assert.deepEqual([sent.token, sent.bytes.length], ['invite-1', result.bytes])
      assert.ok((await opened(sent.bytes)).every((byte, i) => byte === (i * 7) % 256))
      assert.equal(result.told.at(-1), result.bytes)
      if (kind !== 'memory') assert.deepEqual(await page.evaluate(traces), [])
    })
  }

  test('a line cut within a chunk is taken up where the intake says', async (t) => {
    const page = await open(t)
    const told = await page.evaluate(() => (async () => {
      const told = []
      const sealed = new Blob([new Uint8Array(3_000_000).map((_, i) => i * 7)])
      await lib.upload(sealed, '/upload', { handle: new Uint8Array(32), token: 'cut-me', onProgress: ({ safe, sent, waiting }) => told.push([safe, sent, waiting]) })
      return told
    })())
    const own = Array.from(arrived.values()).find(({ token }) => token === 'cut-me')
    assert.ok(own.bytes.length === 3_000_000 && own.bytes.every((byte, i) => byte === (i * 7) % 256))
    assert.ok(told.some(([safe]) => safe === own.cut), 'went on from what had arrived')
    assert.ok(told.some(([, , waiting]) => waiting > 0), 'said that it waits')
    assert.ok(told.some(([safe, sent]) => sent > safe), 'said what is on its way')
  })

  test('camera and microphone are sealed as they come; then cleaned and shrunk they are still a clip', async (t) => {
    const page = await open(t)
    const result = await page.evaluate(([key, wanted]) => (async () => {
      const { Recorder, loadKeyset, loadMedia, openStore, sealInto, upload } = lib
      const keyset = loadKeyset(new Uint8Array(await (await fetch('/keyset')).arrayBuffer()), key, 20600)
      const store = await openStore()
      const ticks = []
      const stopped = new Promise((resolve) => (globalThis.stopped = resolve))
      const recorder = await Recorder.open(store, keyset, { maxSeconds: 2, onTick: (seconds, bytes) => ticks.push([seconds, bytes]), onStop: globalThis.stopped })
      const pieces = []
      // What the recorder takes, kept here a second time for the test.
      recorder.media.addEventListener('dataavailable', ({ data }) => pieces.push(data))
      recorder.start()
      const why = await stopped
      const message = await recorder.finish(wanted)
      await upload(await message.file.blob(), '/upload', { handle: message.handle })
      const clip = new Blob(pieces)
      const media = await loadMedia()
      const facts = await media.inspect(clip)
      const read = async (made) => new Blob([await new Response(made.stream).arrayBuffer(), ((await made.report), '')])
      const clean = await media.inspect(await read(media.clean(clip)))
      const shrinking = media.clean(clip, { shrink: true })
      const shrunk = await media.inspect(await read(shrinking))
      await store.wipe()
      const live = recorder.stream.getTracks().some((track) => track.readyState === 'live')
      return { why, ticks, handle: Array.from(message.handle), size: clip.size, facts, clean, shrunk, report: await shrinking.report, live }
    })(), [KEY, choices])
    assert.equal(result.why, 'time')
    assert.equal(result.live, false, 'the camera is let go')
    assert.ok(result.ticks.length >= 2 && result.ticks.at(-1)[1] === result.size)
    const clip = await opened(Array.from(arrived.values()).find((one) => one.handle === Buffer.from(result.handle).toString('base64url')).bytes)
    assert.equal(clip.length, result.size)
    assert.equal(clip.subarray(0, 4).toString('hex'), '1a45dfa3')
    const { facts, clean, shrunk } = result
    assert.ok(facts.cleanable && facts.container === 'webm' && facts.width > 0, JSON.stringify(facts))
    for (const made of [clean, shrunk]) {
      assert.deepEqual([made.container, made.width, made.height, made.cleanable, made.traces], ['mp4', facts.width, facts.height, true, []])
      assert.ok(Math.abs(made.seconds - facts.seconds) < 0.3, `${made.seconds} of ${facts.seconds}`)
    }
    assert.equal(result.report.shrunk, true)
    assert.deepEqual(await page.evaluate(traces), [])
  })

  for (const [kind, how] of [['opfs', 'leaving'], ['opfs', 'closing'], ['indexeddb', 'leaving'], ['indexeddb', 'closing']]) {
    test(`${kind}: ${how} the page wipes what was sealed and what is being recorded`, async (t) => {
      const page = await open(t, { script: places[kind] })
      await page.evaluate(([key, wanted]) => (async () => {
        const { Recorder, loadKeyset, openStore, sealInto, wipeOnExit } = lib
        const keyset = loadKeyset(new Uint8Array(await (await fetch('/keyset')).arrayBuffer()), key, 20600)
        const store = await openStore()
        wipeOnExit(store)
        await sealInto(store, new Blob([new Uint8Array(100_000)]), wanted, keyset)
        const recorder = await Recorder.open(store, keyset)
        const begun = new Promise((resolve) => recorder.media.addEventListener('dataavailable', resolve))
        recorder.start()
        await begun
      })(), [KEY, choices])
      assert.notDeepEqual(await page.evaluate(traces), [], 'there was something')
      if (how === 'leaving') await page.goto(`${server.base}/keyset`)
      const next = how === 'leaving' ? page : await page.context().newPage()
      if (how === 'closing') await page.close()
      await next.goto(server.base)
      await next.waitForFunction(`(${traces})().then((left) => left.length === 0)`, null, { timeout: 5000 })
    })
  }

  test('a kept file is found by the next visit and goes on where it was cut', async (t) => {
    const page = await open(t)
    const first = await page.evaluate(([key, wanted]) => (async () => {
      const { loadKeyset, openStore, sealInto, upload, wipeOnExit } = lib
      const keyset = loadKeyset(new Uint8Array(await (await fetch('/keyset')).arrayBuffer()), key, 20600)
      const store = await openStore()
      wipeOnExit(store)
      const message = await sealInto(store, new Blob([new Uint8Array(3_000_000)]), wanted, keyset)
      const stop = new AbortController()
      let state
      await upload(await message.file.blob(), '/upload', {
        handle: message.handle, chunk: 1_000_000, signal: stop.signal, onUrl: (s) => (state = s), onProgress: ({ safe }) => safe >= 2_000_000 && stop.abort(),
      }).catch((error) => { if (error.code !== 'aborted') throw error })
      await store.keep(message.file, state)
      return { state, bytes: message.bytes }
    })(), [KEY, choices])
    assert.equal(arrived.get(first.state.url).bytes.length, 2_000_000)
    await page.goto(server.base)
    const second = await page.evaluate(() => (async () => {
      const store = await lib.openStore()
      const [kept, ...more] = await store.remains()
      const told = []
      await lib.upload(await kept.file.blob(), '/upload', { handle: new Uint8Array(32), url: kept.upload.url, onProgress: ({ safe }) => told.push(safe) })
      await store.wipe()
      return { told, bytes: kept.bytes, more: more.length }
    })())
    assert.deepEqual([second.told[0], second.told.at(-1), second.bytes, second.more], [2_000_000, first.bytes, first.bytes, 0])
    assert.equal(arrived.get(first.state.url).bytes.length, first.bytes)
    assert.deepEqual(await page.evaluate(traces), [])
  })
})
