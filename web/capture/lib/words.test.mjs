// Words as people copy them: read as the Rust side reads them, by the same vectors.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { load, vector, vectors } from './testing.mjs'

const { WordList } = await load('words')
const pinned = vector('words/lists.json')
const lists = Object.fromEntries(Object.entries(pinned).map(([lang, hash]) => {
  const text = readFileSync(new URL(`../crates/shared/seal/src/words/${lang}.txt`, vectors), 'utf8')
  assert.equal(createHash('sha256').update(text).digest('hex'), hash, `${lang} stays what it was`)
  return [lang, new WordList(lang, text.trim().split('\n'))]
}))

test('words are found however they were typed', () => {
  for (const { lang, text, index, why } of vector('words/read.json')) assert.equal(lists[lang].index(text), index, `${lang}: ${why}`)
})

test('what is no word is not taken for one, and words it may have been are proposed', () => {
  for (const { lang, text, near, why } of vector('words/unknown.json')) {
    assert.equal(lists[lang].index(text), null, `${lang}: ${why}`)
    assert.deepEqual(lists[lang].near(text), near, `${lang}: ${why}`)
  }
})
