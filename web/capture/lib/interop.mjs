// Seals a file with the page's own code, for programs that aren't this one:  node interop.mjs KEYSET CLIP SEALED
import { openAsBlob } from 'node:fs'
import { open, readFile } from 'node:fs/promises'
import { load } from './testing.mjs'

const { Code, Sealer, loadKeyset, pieces } = await load('sealer', 'keyset', 'pieces', 'code')
const [keysetPath, clip, sealed] = process.argv.slice(2)
const json = await readFile(keysetPath)
const keyset = loadKeyset(new Uint8Array(json), JSON.parse(json).campaign_key, 0)
const code = Code.draw()
const out = await open(sealed, 'w')
const sealer = new Sealer(keyset, async (bytes) => void (await out.write(bytes)))
for await (const piece of pieces(await openAsBlob(clip))) await sealer.write(piece)
const choices = {
  picture: 'mask', voice: 'alter', lang: 'fa', place: 'miravan', pseudonym: 'دریا',
  uses: { film: true, wall: true, count: true, testimony: false },
}
const made = await sealer.finish(choices, code.secrets(keyset.origin))
await out.close()
const hex = (bytes) => Buffer.from(bytes).toString('hex')
process.stdout.write(JSON.stringify({ tag: hex(made.tag), receipt: made.receipt.digits(), code: code.digits().join(' '), handle: hex(made.handle) }))
