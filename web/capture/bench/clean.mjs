// Cleans files as the sending page does, for `cargo xtask bench traces`: OUT CLIP... Prints a line of JSON for each.
import { readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { load } from '../lib/testing.mjs'

await load('media/entry')
const [folder, ...clips] = process.argv.slice(2)
for (const clip of clips) {
  const { stream, report } = globalThis.hamsedaMedia.clean(new Blob([readFileSync(clip)]))
  const failed = report.then(() => null, (error) => error)
  const parts = []
  try {
    for await (const part of stream) parts.push(part)
  } catch { /* the report says why */ }
  const error = await failed
  const out = join(folder, basename(clip) + '.mp4')
  if (!error) writeFileSync(out, Buffer.concat(parts))
  console.log(JSON.stringify(error ? { clip, refused: error.code ?? String(error) } : { clip, out }))
}
