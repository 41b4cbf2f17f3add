// What a page of Chromium needs for a clip of 300 MB: picked, cleaned, sealed, stored. Memory of the page's own process.
//
//   node memory.mjs [--json] [MB]      needs npm ci in web and e2e, and chromium; fails above the limit
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import * as mb from 'mediabunny'
import { choices, keysetFile, launch, serve, watch } from './page.mjs'

const CAMPAIGN = JSON.parse(keysetFile).campaign_key

/** A picked clip through the whole of it: metadata out, sealed, stored. */
const whole = ([clean, key, wanted]) => (async () => {
  const { loadKeyset, loadMedia, openStore, sealInto } = globalThis.lib
  const keyset = loadKeyset(new Uint8Array(await (await fetch('/keyset')).arrayBuffer()), key, 20600)
  const clip = document.querySelector('input').files[0]
  const store = await openStore()
  const began = performance.now()
  const made = clean ? (await loadMedia()).clean(clip) : null
  const message = await sealInto(store, made?.stream ?? clip, wanted, keyset)
  if (made) await made.report
  const seconds = (performance.now() - began) / 1000
  await store.wipe()
  return { mb_per_s: message.bytes / 1e6 / seconds, seconds, store: store.kind, bytes: message.bytes }
})()

/** A film of noise in an MP4, of about so many bytes; written as it is made. */
async function bigClip(path, bytes) {
  const hex = (text) => [...Buffer.from(text, 'hex')]
  const [sps, pps] = [hex('6742c00dda0507e84000000300400000030c83c50aa8'), hex('68ce0f2c80')]
  const description = Uint8Array.from([1, 0x42, 0xc0, 0x0d, 0xff, 0xe1, 0, sps.length, ...sps, 1, 0, pps.length, ...pps])
  const file = createWriteStream(path)
  const writable = new WritableStream({ write: ({ data }) => new Promise((resolve) => file.write(data, resolve)) })
  const output = new mb.Output({ format: new mb.Mp4OutputFormat({ fastStart: 'fragmented' }), target: new mb.StreamTarget(writable) })
  const video = new mb.EncodedVideoPacketSource('avc')
  output.addVideoTrack(video)
  await output.start()
  const picture = 200_000
  for (let i = 0; i * picture < bytes; i++) {
    const data = new Uint8Array(picture).fill(i + 1)
    new DataView(data.buffer).setUint32(0, picture - 4)
    data[4] = i % 30 === 0 ? 0x65 : 0x41
    const packet = new mb.EncodedPacket(data, i % 30 === 0 ? 'key' : 'delta', i / 30, 1 / 30)
    await video.add(packet, i === 0 ? { decoderConfig: { codec: 'avc1.42c00d', codedWidth: 320, codedHeight: 240, description } } : undefined)
  }
  await output.finalize()
  file.end()
  await finished(file)
}

/** Most a page may need, MiB. */
const LIMIT = 150

async function measure(megabytes) {
  const folder = mkdtempSync(join(tmpdir(), 'hamseda-bench-'))
  const server = await serve()
  const results = []
  try {
    const clip = join(folder, 'clip')
    await bigClip(clip, megabytes * 1e6)
    for (const [what, clean] of [['as it is', false], ['cleaned', true]]) {
      const browser = await launch()
      const page = await browser.newPage()
      await page.goto(server.base)
      await page.setInputFiles('input', clip)
      const stop = await watch(browser)
      const run = await page.evaluate(whole, [clean, CAMPAIGN, choices])
      results.push({ what: `clip of ${megabytes} MB, ${what}`, ...run, ...stop() })
      await browser.close()
    }
    return results
  } finally {
    server.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

const words = process.argv.slice(2)
const results = await measure(Number(words.find((word) => /^\d+$/.test(word)) ?? 300))
for (const { what, mb_per_s: speed, store, start_mib: start, peak_mib: peak } of results) {
  console.log(`${what}: ${speed.toFixed(1)} MB/s into ${store}; memory ${start.toFixed(0)} MiB before, ${peak.toFixed(0)} MiB at most (of ${LIMIT})`)
}
if (words.includes('--json')) console.log(JSON.stringify(results))
if (results.some(({ peak_mib: peak }) => peak > LIMIT)) process.exit(1)
