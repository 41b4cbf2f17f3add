// The page's code in Chromium: speed with and without its just-in-time compiler, and memory for a clip of 300 MB.
import { createWriteStream } from 'node:fs'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import * as mb from 'mediabunny'
import { choices, keysetFile, launch, serve, watch } from './page.mjs'

const CAMPAIGN = JSON.parse(keysetFile).campaign_key

/** Bytes sealed and seconds, with no store behind it. */
const raw = ([size, key, wanted]) => (async () => {
  const { Sealer, loadKeyset } = globalThis.lib
  const keyset = loadKeyset(new Uint8Array(await (await fetch('/keyset')).arrayBuffer()), key, 20600)
  const piece = new Uint8Array(1024 * 1024).map((_, i) => i * 7)
  const once = async (pieces) => {
    let bytes = 0
    const sealer = new Sealer(keyset, async (part) => void (bytes += part.length))
    for (let i = 0; i < pieces; i++) await sealer.write(piece)
    await sealer.finish(wanted)
    return bytes
  }
  await once(1)
  const began = performance.now()
  const bytes = await once(size)
  const seconds = (performance.now() - began) / 1000
  return { mb_per_s: bytes / 1e6 / seconds, seconds }
})()

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
export async function bigClip(path, bytes) {
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

export async function measure({ megabytes = 300 } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'hamseda-bench-'))
  const server = await serve()
  const results = {}
  try {
    const clip = join(folder, 'clip')
    await bigClip(clip, megabytes * 1e6)
    const runs = [['browser', [], 96], ['browser_jitless', ['--js-flags=--jitless --expose-gc'], 3]]
    for (const [name, flags, size] of runs) {
      const browser = await launch(flags)
      const page = await browser.newPage()
      await page.goto(server.base)
      results[name] = await page.evaluate(raw, [size, CAMPAIGN, choices])
      await browser.close()
    }
    for (const [name, clean] of [['browser_300mb_as_it_is', false], ['browser_300mb_cleaned', true]]) {
      const browser = await launch()
      const page = await browser.newPage()
      await page.goto(server.base)
      await page.setInputFiles('input', clip)
      const stop = await watch(browser)
      const { store: _, ...run } = await page.evaluate(whole, [clean, CAMPAIGN, choices])
      const { start, peak } = stop()
      results[name] = { ...run, start_mib: start, peak_mib: peak }
      await browser.close()
    }
    return results
  } finally {
    server.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
