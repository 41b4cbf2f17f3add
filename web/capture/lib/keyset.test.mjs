// Key sets: those that may be sealed to, and every way one must be refused.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { code, load, vector } from './testing.mjs'

const { loadKeyset } = await load('keyset')
const day = (text) => Date.parse(text) / 86_400_000
const utf8 = (text) => new TextEncoder().encode(text)

for (const v of vector('keyset/positive.json')) {
  test(`may be sealed to: ${v.name}`, () => {
    const set = loadKeyset(utf8(v.text), v.campaign_key, day(v.today))
    assert.deepEqual([set.epoch, set.expires, set.recipients.length, set.hash], [v.epoch, v.expires, v.recipients, v.sha256])
  })
}

for (const v of vector('keyset/negative.json')) {
  test(`refused: ${v.name}`, () => {
    assert.throws(() => loadKeyset(utf8(v.text), v.campaign_key, day(v.today)), (error) => code(v.code, ...(v.also ?? []))(error) && /^[0-9a-f]{64}$/.test(error.facts.hash))
  })
}
