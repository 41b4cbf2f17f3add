// Uploads over a line that is cut: byte-identical in the end, nothing acknowledged is sent again, and nothing but the message leaves.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { describe, test } from 'node:test'
import { code, load } from './testing.mjs'

const { upload, fileName, readFileName, looksSealed, lookUp, withdraw, sendLetter } = await load('upload', 'saved', 'intake')

/** A tus server of a few lines, which `fault` may disturb: it gets each request and says what goes wrong with it. */
async function intake(t, fault = () => null) {
  const seen = { requests: [], received: 0, uploads: new Map() }
  const server = createServer((request, response) => {
    const number = seen.requests.push({ method: request.method, url: request.url, headers: request.headers }) - 1
    const wrong = fault(request, number, seen)
    const answer = (status, headers = {}) => response.writeHead(status, { 'Tus-Resumable': '1.0.0', ...headers }).end()
    if (wrong?.status) return answer(wrong.status)
    if (wrong === 'cut') return request.socket.destroy()
    if (wrong === 'silent') return undefined
    if (request.method === 'POST') {
      const id = String(seen.uploads.size).padStart(32, '0')
      seen.uploads.set(id, { length: Number(request.headers['upload-length']), bytes: Buffer.alloc(0) })
      return answer(201, { Location: wrong?.location ?? `/upload/${id}` })
    }
    const own = seen.uploads.get(request.url.split('/').pop())
    if (!own) return answer(404)
    if (request.method === 'HEAD') return answer(200, { 'Upload-Offset': own.bytes.length })
    if (Number(request.headers['upload-offset']) !== own.bytes.length) return answer(409)
    let taken = 0
    request.on('data', (chunk) => {
      const keep = wrong?.after === undefined ? chunk : chunk.subarray(0, Math.max(0, wrong.after - taken))
      taken += chunk.length
      own.bytes = Buffer.concat([own.bytes, keep])
      seen.received += keep.length
      if (wrong?.after !== undefined && taken >= wrong.after) request.socket.destroy()
    })
    request.on('end', () => (wrong === 'lost answer' ? request.socket.destroy() : answer(204, { 'Upload-Offset': own.bytes.length })))
    return undefined
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close() && server.closeAllConnections())
  return { ...seen, seen, endpoint: `http://127.0.0.1:${server.address().port}/upload`, base: `http://127.0.0.1:${server.address().port}/` }
}

const handle = new Uint8Array(32).fill(7)
const HANDLE = Buffer.from(handle).toString('base64url')
const file = (length) => new Blob([crypto.getRandomValues(new Uint8Array(65_536)).slice(0, Math.min(length, 65_536)), new Uint8Array(Math.max(0, length - 65_536)).fill(9)])
const same = async (blob, { seen }) => Array.from(seen.uploads.values()).some(({ bytes }) => bytes.length === blob.size) && Buffer.from(await blob.arrayBuffer()).equals(Array.from(seen.uploads.values()).at(-1).bytes)
const quick = { handle, wait: async () => undefined }

describe('an upload', () => {
  test('arrives in chunks and tells how far it is, in parts', async (t) => {
    const server = await intake(t)
    const [blob, told] = [file(250_000), []]
    const state = await upload(blob, server.endpoint, { ...quick, chunk: 100_000, onProgress: (p) => told.push(p) })
    assert.ok(await same(blob, server))
    assert.deepEqual(server.requests.map((r) => r.method), ['POST', 'PATCH', 'PATCH', 'PATCH'])
    assert.deepEqual(told.map((p) => [p.safe, p.part, p.parts]), [[0, 1, 3], [100_000, 2, 3], [200_000, 3, 3], [250_000, 3, 3]])
    assert.deepEqual(state, { url: `/upload/${'0'.repeat(32)}`, handle: HANDLE })
  })

  test('sends handle and invite once, at the start, and no name, kind or time of a file', async (t) => {
    const server = await intake(t)
    await upload(new File([file(1000)], 'me-at-home.mp4', { type: 'video/mp4', lastModified: 1 }), server.endpoint, { ...quick, token: 'abc' })
    const [post, patch] = server.requests
    assert.deepEqual([post.headers['hamseda-handle'], post.headers['hamseda-token'], post.headers['upload-length']], [HANDLE, 'abc', '1000'])
    assert.equal(patch.headers['hamseda-token'], undefined)
    for (const { headers } of server.requests) {
      assert.ok(!/home|video|mp4|cookie|referer/i.test(JSON.stringify(headers)), JSON.stringify(headers))
      assert.equal(headers['upload-metadata'], undefined)
    }
  })

  test('is whole after seeded cuts of every kind, and sends at most one chunk again for each', async (t) => {
    for (let seed = 1; seed <= 25; seed++) {
      let state = seed
      const random = (n) => ((state = (state * 48_271) % 2_147_483_647) % n)
      let cuts = 0
      const server = await intake(t, (request) => {
        if (cuts >= 8 || random(3) > 0) return null
        cuts += 1
        const kinds = [{ status: 503 }, { status: 423 }, 'cut', 'lost answer', { after: random(40_000) }, { status: 409 }]
        return kinds[random(kinds.length)]
      })
      const blob = file(300_000)
      await upload(blob, server.endpoint, { ...quick, chunk: 40_000 })
      assert.ok(await same(blob, server), `seed ${seed}`)
      const patches = server.requests.filter((r) => r.method === 'PATCH').length
      assert.ok(patches <= Math.ceil(300_000 / 40_000) + 2 * cuts, `seed ${seed}: ${patches} chunks, ${cuts} cuts`)
    }
  })

  test('goes on after the page was closed, with what was kept and with the name of the saved file', async (t) => {
    const server = await intake(t)
    const blob = file(300_000)
    const stop = new AbortController()
    let kept = null
    const broken = upload(blob, server.endpoint, {
      ...quick, chunk: 100_000, signal: stop.signal, onUrl: (state) => (kept = state),
      onProgress: ({ safe }) => safe >= 200_000 && stop.abort(),
    })
    await assert.rejects(broken, code('aborted'))
    const name = fileName(handle, kept)
    assert.match(name, /^[a-z2-7]{77}$/)
    for (const given of [name, `${name} (1)`, `${name}.bin`]) assert.deepEqual(readFileName(given).handle, handle)
    const before = server.seen.received
    await upload(blob, server.endpoint, { ...quick, url: readFileName(name).url })
    assert.equal(server.seen.received, before + blob.size - 200_000)
    assert.ok(await same(blob, server))
    assert.equal(server.requests.filter((r) => r.method === 'POST').length, 1)
    await upload(blob, server.endpoint, { ...quick, url: kept.url })
    assert.equal(server.seen.received, before + blob.size - 200_000, 'what is whole is not sent again')
  })

  test('begins again when the intake lost the beginning, but not for ever', async (t) => {
    const server = await intake(t, (request, number, seen) => (number === 1 && seen.uploads.clear(), null))
    const blob = file(1000)
    await upload(blob, server.endpoint, quick)
    assert.ok(await same(blob, server))
    const forgetful = await intake(t, (request, number, seen) => (seen.uploads.clear(), null))
    await assert.rejects(upload(blob, forgetful.endpoint, quick), code('upload-gone'))
  })

  test('is not tried again when it is refused, and says what helps', async (t) => {
    for (const [status, expected] of [[415, 'upload-refused'], [413, 'upload-refused'], [400, 'upload-refused'], [507, 'upload-full']]) {
      const server = await intake(t, (request) => (request.method === 'PATCH' ? { status } : null))
      await assert.rejects(upload(file(1000), server.endpoint, quick), code(expected))
      assert.equal(server.requests.length, 2)
    }
  })

  test('gives up after many attempts without one byte, with growing waits', async (t) => {
    const server = await intake(t, () => 'cut')
    const waits = []
    await assert.rejects(upload(file(1000), server.endpoint, { ...quick, attempts: 12, wait: async (seconds) => void waits.push(seconds) }), code('upload-line'))
    assert.equal(waits.length, 11)
    waits.forEach((wait, i) => assert.ok(wait >= Math.min(60, 2 ** i) / 2 && wait <= Math.min(60, 2 ** i), `${i}: ${wait}`))
  })

  test('gives a silent line up', async (t) => {
    const server = await intake(t, (request, number) => (number === 1 ? 'silent' : null))
    const blob = file(1000)
    await upload(blob, server.endpoint, { ...quick, stall: 0.1 })
    assert.ok(await same(blob, server))
  })

  test('is never sent elsewhere: an address outside the place of uploads is refused', async (t) => {
    for (const location of ['https://elsewhere.example/upload/1', '/other/1', '/upload', '//elsewhere.example/upload/1', '/upload/../x']) {
      const server = await intake(t, () => ({ location }))
      await assert.rejects(upload(file(1000), server.endpoint, quick), code('upload-refused'))
      assert.equal(server.requests.length, 1, location)
    }
  })
})

test('names of saved files look random and other names are not taken for them', () => {
  const fresh = fileName(crypto.getRandomValues(new Uint8Array(32)))
  assert.match(fresh, /^[a-z2-7]{52}$/)
  assert.equal(readFileName(fresh).url, null)
  for (const other of ['', 'video.mp4', 'IMG_0001.MOV', 'a'.repeat(51), 'a'.repeat(60), fresh.toUpperCase()]) assert.equal(readFileName(other), null, other)
})

test('a sealed file is known by its outside', async () => {
  assert.equal(await looksSealed(new Blob(['age-encryption.org/v1\n-> mlkem768x25519 abc'])), true)
  for (const other of ['', 'age-encryption.org/v1\n-> X25519 abc', '\x00\x00\x00 ftypmp42']) assert.equal(await looksSealed(new Blob([other])), false)
})

test('small requests send their few bytes and nothing else', async (t) => {
  const got = []
  const server = createServer(async (request, response) => {
    const parts = []
    for await (const part of request) parts.push(part)
    got.push([request.method, request.url, request.headers['content-type'], Buffer.concat(parts).length])
    response.end(Buffer.alloc(got.length > 3 ? 10 : 4096))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const base = `http://127.0.0.1:${server.address().port}/`
  assert.equal((await lookUp(base, { locator: new Uint8Array(32) })).length, 4096)
  await withdraw(base, new Uint8Array(32))
  await sendLetter(base, new Uint8Array(19_000))
  const type = 'application/octet-stream'
  assert.deepEqual(got, [['POST', '/status', type, 32], ['POST', '/withdraw', type, 32], ['POST', '/letter', type, 19_000]])
  await assert.rejects(lookUp(base, { locator: new Uint8Array(32) }), code('upload-line'))
})
