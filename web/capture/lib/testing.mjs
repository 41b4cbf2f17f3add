// The library as tests import it: bundled like the pages' scripts, so that what is tested is what is shipped.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build as vite } from 'vite'

const here = new URL('.', import.meta.url)

/** Everything that some modules of this folder export. */
export async function load(...modules) {
  const code = await bundle(modules.map((name) => `export * from './${name}'`).join('\n'))
  // A file, so that a failure's trace can be read.
  const folder = fileURLToPath(new URL('../../node_modules/.hamseda-test', here))
  mkdirSync(folder, { recursive: true })
  const own = mkdtempSync(join(folder, 'lib-'))
  process.once('exit', () => rmSync(own, { recursive: true, force: true }))
  writeFileSync(join(own, 'lib.mjs'), code)
  return import(pathToFileURL(join(own, 'lib.mjs')).href)
}

/** A script of this folder's modules: a module for node, or a classic script for a page. */
export async function bundle(text, format = 'es') {
  const entry = fileURLToPath(new URL('testing-entry.ts', here))
  const plugin = { name: 'entry', enforce: 'pre', resolveId: (id) => (id === entry ? id : null), load: (id) => (id === entry ? text : null) }
  const lib = { entry, formats: [format], name: 'bundled', fileName: 'lib' }
  const build = { write: false, minify: format === 'iife', target: 'es2020', lib }
  const made = await vite({ root: fileURLToPath(here), configFile: false, logLevel: 'error', plugins: [plugin], build })
  return (Array.isArray(made) ? made[0] : made).output[0].code
}

export const vectors = new URL('../../../vectors/', here)
/** A file of vectors/, as JSON. */
export const vector = (path) => JSON.parse(readFileSync(new URL(path, vectors), 'utf8'))
export const bytes = (hex) => new Uint8Array(Buffer.from(hex, 'hex'))
export const hex = (bytes) => Buffer.from(bytes).toString('hex')

/** Asserts for `assert.throws`: an error of the library with this code. */
export const code = (...codes) => (error) => codes.includes(error.code) || (console.error(error), false)
