// What the page seals is, byte for byte, what the Rust side seals from the same randomness, and foreign age tools open it.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { Decrypter } from 'age-encryption'
import { bytes, code, hex, load, vector, vectors } from './testing.mjs'

const { Sealer, loadKeyset, recordBlock, classFor, longest, sealedLength, pieces, headerLength } = await load('sealer', 'keyset', 'record', 'classes', 'pieces', 'age')

const keysetJson = new Uint8Array(readFileSync(new URL('seal/keyset.json', vectors)))
const keyset = loadKeyset(keysetJson, JSON.parse(keysetJson && Buffer.from(keysetJson).toString()).campaign_key, 20_600)
const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest()

/** The blocks SHA-256(seed ‖ u64be(i)) of which the vectors' clips and draws are cut; see vectors/seal/README.md. */
function recipe(seed) {
  let at = 0n
  return (length) => {
    const blocks = []
    for (let have = 0; have < length; have += 32) {
      const counter = Buffer.alloc(8)
      counter.writeBigUInt64BE(at++)
      blocks.push(sha256(seed, counter))
    }
    return new Uint8Array(Buffer.concat(blocks).subarray(0, length))
  }
}

const choices = {
  picture: 'mask', voice: 'alter', lang: 'fa', place: 'miravan', pseudonym: 'دریا',
  uses: { film: true, wall: true, count: true, testimony: false },
}

/** Seals a clip that comes in pieces of this length. */
async function seal(clip, { seed, piece = 100_000, code: secrets = null, set = keyset, wanted = choices, cap } = {}) {
  const out = []
  const options = { ...(seed ? { random: recipe(seed) } : {}), ...(cap ? { cap } : {}) }
  const sealer = new Sealer(set, async (part) => void out.push(part.slice()), options)
  for (let at = 0; at < clip.length; at += piece) await sealer.write(clip.subarray(at, at + piece))
  const sealed = await sealer.finish(wanted, secrets)
  return { ...sealed, file: Buffer.concat(out) }
}

describe('a sealed message', () => {
  for (const v of vector('seal/positive.json').filter((v) => v.seed)) {
    test(`is the one of the vectors: ${v.name}`, async () => {
      const clip = recipe(v.clip_seed)(v.clip_bytes)
      for (const piece of [v.clip_bytes, 65_536, 50_001]) {
        const sealed = await seal(clip, { seed: v.seed, piece })
        assert.equal(hex(sha256(sealed.file)), v.sha256)
        assert.equal(sealed.receipt.digits(), v.receipt)
        assert.deepEqual([sealed.mib, sealed.bytes], [v.size_mib, sealed.file.length])
      }
    })
  }

  test('is opened by typage with each desk key, and holds the clip, zeros and the record', async () => {
    const keys = vector('seal/keys.json')
    for (const length of [0, 1, 65_528, 65_536 * 3 - 8, 1_500_000]) {
      const clip = recipe('any')(length)
      const sealed = await seal(clip)
      for (const { identity } of keys.desk) {
        const decrypter = new Decrypter()
        decrypter.addIdentity(identity)
        const plain = Buffer.from(await decrypter.decrypt(sealed.file))
        assert.equal(plain.subarray(0, 8).toString(), 'hamseda1')
        assert.ok(plain.subarray(8, 8 + length).equals(Buffer.from(clip)))
        assert.ok(plain.subarray(8 + length, -16384).every((byte) => byte === 0))
        assert.equal(plain.subarray(-16384)[0], 0xab)
      }
    }
  })

  test('has one stanza for each key, in their order, and no other', async () => {
    const { file } = await seal(new Uint8Array(10))
    const head = file.subarray(0, headerLength(2)).toString()
    assert.match(head, /^age-encryption\.org\/v1\n(-> mlkem768x25519 [A-Za-z0-9+/]{1494}\n[A-Za-z0-9+/]{43}\n){2}--- [A-Za-z0-9+/]{43}\n$/)
  })

  test('is never the same twice', async () => {
    const [a, b] = [await seal(new Uint8Array(10)), await seal(new Uint8Array(10))]
    assert.notEqual(hex(a.handle), hex(b.handle))
    assert.ok(!a.file.subarray(2000).equals(b.file.subarray(2000)))
  })

  test('takes its withdrawal secret and reply key from the code', async () => {
    const v = vector('codes/codes.json')[0]
    const sealed = await seal(new Uint8Array(10), { code: { replyKey: bytes(v.reply_key), withdrawal: bytes(v.withdrawal) } })
    assert.equal(hex(sealed.handle), v.handle)
    const decrypter = new Decrypter()
    decrypter.addIdentity(vector('seal/keys.json').desk[0].identity)
    const record = Buffer.from(await decrypter.decrypt(sealed.file)).subarray(-16384)
    assert.ok(record.includes(bytes(v.reply_key)) && record.includes(bytes(v.w_commitment)) && !record.includes(bytes(v.withdrawal)))
  })

  test('is refused as soon as no class holds the clip', async () => {
    const cap = 2 * 2 ** 20
    const most = longest(cap)
    assert.equal((await seal(new Uint8Array(most), { cap })).mib, 2)
    await assert.rejects(seal(new Uint8Array(most + 1), { cap }), code('seal-too-long'))
  })
})

test('the classes of the specification, and the lengths of files in them', () => {
  const mib = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512]
  for (const [i, size] of mib.entries()) {
    const most = size * 2 ** 20 - 8 - 16384
    assert.equal(classFor(most, 2 ** 29), size * 2 ** 20)
    assert.equal(classFor(most + 1, 2 ** 29), i + 1 < mib.length ? mib[i + 1] * 2 ** 20 : null)
  }
  assert.equal(sealedLength(2 ** 20, 2), 1_052_032)
})

test('a record is these bytes: the same as in the Rust test', () => {
  const record = {
    clipLength: 70_000, choices, tag: new Uint8Array(16).fill(1), rCommitment: new Uint8Array(32).fill(2),
    wCommitment: new Uint8Array(32).fill(3), replyKey: new Uint8Array(32).fill(4),
  }
  const cbor = Buffer.concat([
    Buffer.from('ac0001011a00011170' + '0250' + '01'.repeat(16) + '035820' + '02'.repeat(32) + '045820' + '03'.repeat(32), 'hex'),
    Buffer.from('0501060107626661', 'hex'), Buffer.from('080709676d69726176616e0a68', 'hex'), Buffer.from('دریا'),
    Buffer.from('0b5820' + '04'.repeat(32), 'hex'),
  ])
  const block = Buffer.from(recordBlock(record))
  assert.equal(block.length, 16384)
  assert.equal(block.subarray(0, cbor.length).toString('hex'), cbor.toString('hex'))
  assert.ok(block.subarray(cbor.length).every((byte) => byte === 0))
  const least = recordBlock({ ...record, clipLength: 2 ** 33, replyKey: null, choices: { ...choices, place: null, pseudonym: null } })
  assert.equal(hex(least.subarray(0, 13)), 'a90001011b0000000200000000')
})

test('choices that the desk would refuse are refused before anything is sealed', async () => {
  const bad = [
    [{ pseudonym: '' }, 'record-pseudonym'], [{ pseudonym: 'x'.repeat(41) }, 'record-pseudonym'],
    [{ pseudonym: 'a\nb' }, 'record-pseudonym'], [{ pseudonym: '\ud800' }, 'record-pseudonym'],
    [{ place: 'Miravan' }, 'record-field'], [{ lang: 'xx' }, 'record-field'], [{ picture: 'blur' }, 'record-field'],
  ]
  for (const [change, expected] of bad) await assert.rejects(seal(new Uint8Array(1), { wanted: { ...choices, ...change } }), code(expected))
  await seal(new Uint8Array(1), { wanted: { ...choices, pseudonym: '🌊'.repeat(40) } })
})

test('a source that breaks off is an error with a code, and is told to stop when left early', async () => {
  let stopped = false
  const source = new ReadableStream({ pull: (c) => c.enqueue(new Uint8Array(9)), cancel: () => void (stopped = true) })
  for await (const piece of pieces(source)) if (piece.length === 9) break
  assert.ok(stopped)
  const broken = new ReadableStream({ pull: () => Promise.reject(new Error('gone')) })
  await assert.rejects(async () => { for await (const _ of pieces(broken)); }, code('seal-read'))
})
