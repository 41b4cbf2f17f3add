// Receipts as people copy them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const lib = { entry: fileURLToPath(new URL('receipt.ts', import.meta.url)), formats: ['es'], fileName: 'receipt' }
const made = await build({ configFile: false, logLevel: 'error', build: { write: false, minify: false, lib } })
const { code } = (Array.isArray(made) ? made[0] : made).output[0]
const { find, parseReceipt } = await import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`)

const tag = Uint8Array.from({ length: 16 }, (_, i) => 17 * i)
const receipt = 0x0011_2233_445n
const digits = receipt.toString().padStart(14, '0')

test('a receipt is read in the digits of three scripts, with gaps', () => {
  for (const zero of [0x30, 0x660, 0x6f0]) {
    const own = Array.from(digits, (d) => String.fromCharCode(zero + Number(d))).join('')
    assert.equal(parseReceipt(`${own.slice(0, 4)} ${own.slice(4, 8)}-${own.slice(8)}`), receipt)
  }
})

test('what is no receipt is refused', () => {
  for (const text of ['', digits.slice(1), `${digits}0`, 'x'.repeat(14), '99999999999999']) assert.equal(parseReceipt(text), null)
})

test('a receipt is found by the first 44 bits of a tag, wherever it stands', () => {
  const list = new Uint8Array([...new Uint8Array(16), ...tag])
  assert.equal(find(list, receipt), true)
  assert.equal(find(list, receipt + 1n), false)
  assert.equal(find(new Uint8Array(), 0n), false)
})
