// Codes, receipts, status records, letters, small files: against the vectors, and as people copy them.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { Decrypter } from 'age-encryption'
import { bytes, code, hex, load, vector, vectors } from './testing.mjs'

const lib = await load('code', 'receipt', 'status', 'words', 'keyset', 'sealer', 'cbor')
const { Code, Receipt, WordList, openRecord, letterPlaintext, sealLetter, smallFile, handleOf, loadKeyset, decode, encode } = lib
const sha256 = (data) => createHash('sha256').update(data).digest('hex')

const source = (lang) => new URL(`../crates/shared/seal/src/words/${lang}.txt`, vectors)
const lists = ['fa', 'ar', 'en'].filter((lang) => existsSync(source(lang))).map((lang) => new WordList(lang, readFileSync(source(lang), 'utf8').trim().split('\n')))

describe('codes', () => {
  test('give what the vectors say', () => {
    for (const v of vector('codes/codes.json')) {
      const parsed = Code.parse(v.digits, [])
      assert.equal(parsed.digits().join(' '), v.digits)
      const secrets = parsed.secrets(v.origin)
      assert.deepEqual([hex(secrets.replyKey), hex(secrets.withdrawal), hex(secrets.locator)], [v.reply_key, v.withdrawal, v.locator])
      assert.equal(hex(handleOf(secrets.withdrawal)), v.handle)
    }
  })

  test('are read as people write digits, and nothing else is', () => {
    const { positive, negative } = vector('codes/parse.json')
    for (const v of positive) assert.deepEqual(Code.parse(v.text, lists).digits().map(Number), v.indices, v.text)
    for (const v of negative) assert.throws(() => Code.parse(v.text, lists), code(v.code), v.text)
  })

  test('survive their words, numbered, in capitals, on lines', () => {
    for (const list of lists) {
      for (let i = 0; i < 200; i++) {
        const drawn = Code.draw()
        const words = drawn.words(list)
        for (const text of [words.join(' '), words.join('\n').toUpperCase(), words.map((w, n) => `${n + 1}. ${w}`).join(', ')]) {
          assert.deepEqual(Code.parse(text, lists).digits(), drawn.digits(), text)
        }
      }
    }
  })

  test('are drawn from all 110 bits and no more', () => {
    const seen = Array.from({ length: 10 }, () => [0, 0x7ff])
    for (let i = 0; i < 300; i++) Code.draw().digits().forEach((group, at) => (seen[at] = [seen[at][0] | Number(group), seen[at][1] & Number(group)]))
    assert.deepEqual(seen, Array.from({ length: 10 }, () => [0x7ff, 0]))
  })

  test('say which word is wrong and what it may have been', () => {
    const en = lists.find((list) => list.lang === 'en')
    const words = Code.parse('0000 0001 0002 0003 0004 0005 0006 0007 0008 0009', []).words(en)
    const slip = words.with(3, 'abuot').join(' ')
    assert.throws(() => Code.parse(slip, lists), (e) => e.code === 'word-unknown' && e.facts.place === 4 && e.facts.near.split(' ').includes(words[3]))
    assert.throws(() => Code.parse(words.slice(1).join(' '), lists), (e) => e.code === 'word-count' && e.facts.have === 9)
    assert.throws(() => Code.parse(`${words.slice(1).join(' ')} 2047`, lists), code('word-mixed'))
  })
})

test('receipts survive words and digits in three scripts', () => {
  for (let i = 0; i < 300; i++) {
    const tag = crypto.getRandomValues(new Uint8Array(16))
    const receipt = Receipt.of(tag)
    const digits = receipt.digits()
    const persian = Array.from(digits, (d) => (d === ' ' ? '-' : String.fromCharCode(0x6f0 + Number(d)))).join('')
    for (const text of [digits, persian, ...lists.map((list) => receipt.words(list).join(' '))]) assert.equal(Receipt.parse(text, lists).digits(), digits)
  }
  for (const text of ['', '1234', '99999999999999', '012345678901230']) assert.throws(() => Receipt.parse(text, lists), code('digits'))
})

describe('status records', () => {
  const all = vector('codes/records.json')
  const secrets = { replyKey: bytes(all.reply_key), locator: bytes(all.locator) }
  const names = ['arrived', 'review', 'counted', 'held', 'unused', 'withdrawn', 'unreadable']

  test('open with their code', () => {
    for (const v of all.positive.filter((v) => v.record)) {
      assert.deepEqual(openRecord(Buffer.from(v.record, 'base64'), secrets), { status: names[v.status], day: v.day, replies: v.replies }, v.name)
    }
  })

  test('of others, changed or in another form are refused', () => {
    for (const v of all.negative) {
      const record = new Uint8Array(Buffer.from(v.record, 'base64'))
      const expected = /none|length/.test(v.code) ? null : 'status-unreadable'
      if (expected === null) assert.equal(openRecord(record, secrets), null, v.name)
      else assert.throws(() => openRecord(record, secrets), code(expected), v.name)
    }
  })
})

describe('letters', () => {
  const { positive } = vector('codes/letters.json')
  const text = (v) => v.text ?? v.text_repeat[0].repeat(v.text_repeat[1])

  test('have the plaintexts of the vectors', () => {
    for (const v of positive) assert.equal(sha256(letterPlaintext(text(v), bytes(v.reply_key))), v.sha256, v.name)
    for (const wrong of ['', 'x'.repeat(4001), 'a\u0000', 'a\rb', '\ud800']) assert.throws(() => letterPlaintext(wrong, new Uint8Array(32)), code('letter-text'))
  })

  test('are opened by a desk key and have one length', async () => {
    const json = readFileSync(new URL('seal/keyset.json', vectors))
    const keyset = loadKeyset(new Uint8Array(json), JSON.parse(json).campaign_key, 20_600)
    const lengths = new Set()
    for (const v of positive) {
      const sealed = sealLetter(text(v), { replyKey: bytes(v.reply_key) }, keyset)
      lengths.add(sealed.length)
      const decrypter = new Decrypter()
      decrypter.addIdentity(vector('seal/keys.json').desk[1].identity)
      assert.equal(sha256(await decrypter.decrypt(sealed)), v.sha256)
    }
    assert.equal(lengths.size, 1)
  })
})

test('small files are those of the vectors', () => {
  for (const v of vector('codes/small.json').positive) {
    assert.equal(sha256(smallFile(v.kind, { locator: bytes(v.body), withdrawal: bytes(v.body) })), v.sha256, v.name)
  }
})

test('CBOR has one form: what is read is what is written', () => {
  const value = new Map([[0, 1], [1, -5], [2, ['a', 'ب']], [3, 70_000]])
  const block = new Uint8Array([...encode(value), 0, 0])
  assert.deepEqual(decode(block), value)
  for (const wrong of ['1801', 'a2010001 00', 'a101', '7901ff', 'bf', 'f6', '9bffffffffffffffff']) assert.equal(decode(bytes(wrong.replace(' ', ''))), null, wrong)
})

describe('words', () => {
  const joined = { fa: 'ي', ar: 'ی' }
  for (const list of lists) {
    test(`${list.lang}: each is found as it stands and as keyboards write it`, () => {
      for (const [index, word] of list.words.entries()) {
        const changed = [word, word.toUpperCase(), word.split('').join('\u200c'), `\u2067${word}\u2069`, word.replace(/[یي]/g, joined[list.lang] ?? 'ي').replace(/[کك]/g, 'ك'), Array.from(word, (c) => `${c}\u064e`).join('')]
        for (const text of list.lang === 'en' ? changed.slice(0, 3) : changed) assert.equal(list.index(text), index, text)
      }
    })

    test(`${list.lang}: none is another's, and slips of one letter are proposed right`, () => {
      for (const other of lists) if (other !== list) for (const word of list.words) assert.equal(other.index(word), null, word)
      let found = 0
      const long = list.words.filter((word) => Array.from(word).length > 4).slice(0, 30)
      for (const word of long) if (list.near(word.slice(0, -2) + word.slice(-1)).includes(word)) found += 1
      assert.ok(found > long.length * 0.8, `${found} of ${long.length}`)
    })
  }
})
