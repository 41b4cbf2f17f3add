// Metadata removed on the device: by a file made here with something planted in every place, and by a corpus of real ones.
import assert from 'node:assert/strict'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import * as mb from 'mediabunny'
import { bytes, code, load } from './testing.mjs'

const lib = await load('media/entry', 'media/nal', 'media/sound', 'media/boxes', 'media/blank')
const { scrubber, soundDescription, parse, find, boxes, avcBlanker, mpeg4Blanker } = lib
const { inspect, clean } = globalThis.hamsedaMedia
const utf8 = (text) => new TextEncoder().encode(text)
const join2 = (...parts) => new Uint8Array(Buffer.concat(parts.map((part) => Uint8Array.from(part))))

async function read(stream) {
  const parts = []
  for await (const part of stream) parts.push(part)
  return new Uint8Array(Buffer.concat(parts))
}

async function cleaned(file, options) {
  const { stream, report } = clean(new Blob([file]), options)
  report.catch(() => undefined)
  const out = await read(stream)
  return { out, report: await report }
}

const HOLDERS = ['moov', 'trak', 'mdia', 'minf', 'edts', 'udta', 'stbl', 'moof', 'traf']
const has = (haystack, needle) => Buffer.from(haystack).includes(Buffer.from(needle))

/** Everything a fresh file may not have: other boxes, times, names, more than picture and sound. */
function assertBare(out) {
  const tops = parse(out, HOLDERS)
  for (const { type } of tops) assert.ok(['ftyp', 'moov', 'moof', 'mdat'].includes(type), type)
  const moov = find(tops, 'moov')
  const walk = (node) => {
    assert.ok(!['udta', 'meta', 'uuid', 'free', 'skip', 'keys', 'ilst', 'tref'].includes(node.type), node.type)
    if (['mvhd', 'tkhd', 'mdhd'].includes(node.type)) assert.ok(node.body.subarray(4, node.body[0] === 1 ? 20 : 12).every((byte) => byte === 0), `a time in ${node.type}`)
    if (node.type === 'hdlr') assert.ok(node.body.subarray(24).every((byte) => byte === 0), 'a name')
    node.inside?.forEach(walk)
  }
  walk(moov)
  const handlers = moov.inside.filter(({ type }) => type === 'trak').map((trak) => String.fromCharCode(...find(trak.inside, 'mdia', 'hdlr').body.subarray(8, 12)))
  for (const name of ['Mediabunny', 'mediabunny']) assert.ok(!has(out, name), name)
  assert.ok(new Set(handlers).size === handlers.length && handlers.every((type) => ['vide', 'soun'].includes(type)), handlers.join())
}

// ---- a file made here -----------------------------------------------------------------------------------------------

const SPS = bytes('6742c00dda0507e84000000300400000030c83c50aa8')
const PPS = bytes('68ce0f2c80')
const avcC = join2([1, 0x42, 0xc0, 0x0d, 0xff, 0xe1, 0, SPS.length], SPS, [1, 0, PPS.length], PPS, utf8('PLANTED-AFTER-SETS'))
const unit = (...content) => { const body = join2(...content.map((c) => (typeof c === 'string' ? utf8(c) : c))); return join2([0, 0, body.length >> 8, body.length & 255], body) }
const slice = (n, key) => unit([key ? 0x65 : 0x41], new Uint8Array(60).fill(n + 1))

/** Pictures stored in another order than they are shown, messages in between, tags all around, turned by 90 degrees. */
async function planted(format, { tags = true, pictures = [0, 3, 1, 2, 6, 4, 5, 7] } = {}) {
  const output = new mb.Output({ format, target: new mb.BufferTarget() })
  const video = new mb.EncodedVideoPacketSource('avc')
  const audio = new mb.EncodedAudioPacketSource('opus')
  output.addVideoTrack(video, { rotation: 90, name: 'PLANTED-TRACK', languageCode: 'fas' })
  output.addAudioTrack(audio, { name: 'PLANTED-SOUND' })
  if (tags) output.setMetadataTags({ title: 'PLANTED-TITLE', artist: 'PLANTED-ARTIST', comment: 'PLANTED-COMMENT', date: new Date('2020-02-02'), images: [{ data: utf8('PLANTED-COVER'), mimeType: 'image/jpeg', kind: 'coverFront' }], raw: { '©xyz': '+35.7-051.4/PLANTED' } })
  await output.start()
  const config = { codec: 'avc1.42c00d', codedWidth: 320, codedHeight: 240, description: avcC }
  const sound = { codec: 'opus', numberOfChannels: 1, sampleRate: 48000, description: join2(utf8('OpusHead'), [1, 1, 0, 0, 0x80, 0xbb, 0, 0, 0, 0, 0], utf8('PLANTED-IN-HEAD')) }
  for (const [i, n] of pictures.entries()) {
    const sei = unit([6, 5, 40], new Uint8Array(16), 'PLANTED-IN-VIDEO')
    await video.add(new mb.EncodedPacket(join2(unit([9, 0x10]), sei, slice(n, i === 0), unit([12, 255])), i === 0 ? 'key' : 'delta', n / 10, 0.1), i === 0 ? { decoderConfig: config } : undefined)
    await audio.add(new mb.EncodedPacket(new Uint8Array(40).fill(i), 'key', i / 10, 0.1), i === 0 ? { decoderConfig: sound } : undefined)
  }
  await output.finalize()
  return new Uint8Array(output.target.buffer)
}

async function packets(file) {
  const input = new mb.Input({ source: new mb.BufferSource(file), formats: mb.ALL_FORMATS })
  const read = async (track) => {
    const all = []
    for await (const { timestamp, data } of new mb.EncodedPacketSink(track).packets()) all.push({ timestamp: Math.round(timestamp * 1000) / 1000, data: Buffer.from(data).toString('hex') })
    return all
  }
  const [video, audio] = [await input.getPrimaryVideoTrack(), await input.getPrimaryAudioTrack()]
  return { rotation: await video.getRotation(), video: await read(video), audio: await read(audio) }
}

const FORMATS = { mp4: new mb.Mp4OutputFormat(), mov: new mb.MovOutputFormat(), fragmented: new mb.Mp4OutputFormat({ fastStart: 'fragmented' }), mkv: new mb.MkvOutputFormat() }

describe('a clip with something planted in every place', () => {
  for (const [name, format] of Object.entries(FORMATS)) {
    test(`${name}: nothing of it is left, and picture and sound are the same`, async () => {
      const file = await planted(format)
      assert.ok(has(file, 'PLANTED-TITLE') && has(file, 'PLANTED-IN-VIDEO'))
      const { out, report } = await cleaned(file)
      assert.ok(!has(out, 'PLANTED'), 'something planted is left')
      assertBare(out)
      const [before, after] = [await packets(file), await packets(out)]
      assert.equal(after.rotation, before.rotation)
      assert.deepEqual(after.audio, before.audio)
      assert.deepEqual(after.video.map((p) => p.timestamp), before.video.map((p) => p.timestamp))
      assert.deepEqual(after.video.map((p) => p.data), [0, 3, 1, 2, 6, 4, 5, 7].map((n, i) => Buffer.from(join2(unit([9, 0x10]), slice(n, i === 0))).toString('hex')))
      assert.equal(report.bytes, out.length)
      assert.ok(report.removed.includes('inside-video'), report.removed.join())
    })
  }

  test('what it tells is said before, and what was removed after', async () => {
    const facts = await inspect(new Blob([await planted(FORMATS.mov)]))
    assert.deepEqual([facts.container, facts.cleanable, facts.why, facts.width, facts.height], ['mov', true, null, 240, 320])
    for (const trace of ['place', 'time', 'names', 'comments']) assert.ok(facts.traces.includes(trace), `${trace} in ${facts.traces}`)
    const bare = await inspect(new Blob([(await cleaned(await planted(FORMATS.mov))).out]))
    assert.deepEqual(bare.traces, [])
  })

  test('no picture has an offset below zero, which some programs read as a later start', async () => {
    const { out } = await cleaned(await planted(FORMATS.mp4))
    let least = Number.POSITIVE_INFINITY
    for (const moof of parse(out, HOLDERS).filter(({ type }) => type === 'moof')) {
      const traf = moof.inside.find((node) => node.type === 'traf')
      const run = Buffer.from(find(traf.inside, 'trun').body)
      const flags = run.readUInt32BE(0) & 0xffffff
      const fields = [0x100, 0x200, 0x400, 0x800].filter((flag) => flags & flag).length
      const head = 8 + (flags & 1 ? 4 : 0) + (flags & 4 ? 4 : 0)
      assert.ok(flags & 0x800)
      for (let i = 0; i < run.readUInt32BE(4); i++) least = Math.min(least, run.readInt32BE(head + (i + 1) * fields * 4 - 4))
    }
    assert.ok(least >= 0, String(least))
  })

  test('cut anywhere, it is an error with a code and never half a clip that looks whole', async () => {
    const file = await planted(FORMATS.mp4)
    for (let length = 0; length < file.length; length += 97) {
      const { stream, report } = clean(new Blob([file.subarray(0, length)]))
      const failure = report.then(() => null, (error) => error)
      const ended = await read(stream).then(() => true, () => false)
      const error = await failure
      // A cut may take only what is thrown away anyway; then both end well.
      assert.equal(ended, error === null, `cut at ${length}`)
      if (error !== null) assert.match(error.code, /^clip-/)
    }
  })

  test('stopped, it ends at once and says so', async () => {
    const stop = new AbortController()
    const { stream, report } = clean(new Blob([await planted(FORMATS.mp4)]), { signal: stop.signal, onProgress: () => stop.abort() })
    report.catch(() => undefined)
    await assert.rejects(read(stream))
    await assert.rejects(report, code('aborted'))
  })
})

// ---- codecs that the muxer doesn't know ------------------------------------------------------------------------------

/** The planted file with sound in a codec of older phones. */
async function older(format = FORMATS.mp4) {
  const file = Buffer.from(await planted(format))
  const at = file.indexOf('Opus')
  file.write('samr', at)
  return new Uint8Array(file)
}

describe('a clip of an older phone', () => {
  test('is taken over chunk by chunk: nothing planted is left, and picture and sound are the same', async () => {
    const file = await older()
    const facts = await inspect(new Blob([file]))
    assert.deepEqual([facts.cleanable, facts.video, facts.audio, facts.shrinkable], [true, 'avc1', 'samr', false])
    const { out, report } = await cleaned(file)
    assert.ok(!has(out, 'PLANTED') && !has(out, 'fas'))
    assertBare(out)
    assert.ok(report.removed.includes('inside-video') && report.removed.includes('place') && report.bytes === out.length)
    // Read back with the codec's name as it was.
    const back = Buffer.from(out)
    back.write('Opus', back.indexOf('samr'))
    const [before, after] = [await packets(await planted(FORMATS.mp4)), await packets(new Uint8Array(back))]
    assert.deepEqual(after.video.map((p) => p.timestamp), before.video.map((p) => p.timestamp))
    assert.deepEqual(after.video.map((p) => p.data.length), before.video.map((p) => p.data.length))
    assert.equal(after.rotation, 90)
    for (const { data } of after.video) assert.ok(/^00000002091000000/.test(data) && data.includes('0cff'), 'a filler stands where the message was')
  })

  test('cut anywhere, or with tables that lie, it is an error with a code', async () => {
    const file = await older()
    const moov = Buffer.from(file).indexOf('moov')
    for (let i = 0; i < 160; i++) {
      const changed = Uint8Array.from(i % 4 === 0 ? file.subarray(0, (i * 53) % file.length) : file)
      if (i % 4) changed[moov + ((i * 7919) % (file.length - moov))] = i
      await cleaned(changed).then(({ out }) => assert.ok(out.length < file.length * 2), (error) => assert.match(error.code, /^clip-/))
    }
  })
})

test('messages are blanked in place', () => {
  const sample = join2(unit([9, 0xf0]), unit([6, 5], 'PLANTED'), unit([0x65], 'picture'), unit([0x66 - 0x60 + 24], 'PLANTED'))
  const blanked = Uint8Array.from(sample)
  assert.equal(avcBlanker(4)(blanked), true)
  assert.ok(!has(blanked, 'PLANTED') && has(blanked, 'picture') && blanked.length === sample.length)
  assert.equal(avcBlanker(4)(Uint8Array.from(unit([0x65], 'picture'))), false)
  assert.throws(() => avcBlanker(4)(Uint8Array.of(0, 0, 0, 9, 1)), RangeError)
  const visual = join2([0, 0, 1, 0xb2], utf8('PLANTED'), [0, 0, 1, 0xb6], utf8('picture'), [0, 0, 1, 0xb2], utf8('PLANTED'))
  assert.equal(mpeg4Blanker(visual), true)
  assert.ok(!has(visual, 'PLANTED') && has(visual, 'picture'))
})

// ---- parts ----------------------------------------------------------------------------------------------------------

test('messages in HEVC, AV1 and MPEG-TS go, the pictures stay', () => {
  const hevcUnit = (type, text) => unit([type << 1, 1], text)
  const array = (type, body) => join2([0x80 | type, 0, 1, 0, body.length], body)
  const hvcC = join2(new Uint8Array(21), [3, 3], array(33, utf8('sps')), array(39, utf8('PLANTED')), array(34, utf8('pps')))
  const hevc = scrubber('hevc', hvcC)
  assert.ok(!has(hevc.description, 'PLANTED') && has(hevc.description, 'sps') && has(hevc.description, 'pps') && hevc.description[22] === 2)
  const picture = join2(hevcUnit(19, 'picture'), hevcUnit(39, 'PLANTED'), hevcUnit(40, 'PLANTED'), hevcUnit(62, 'PLANTED'))
  assert.deepEqual(hevc.scrub(picture), { data: hevcUnit(19, 'picture'), dropped: true })

  const obu = (type, text) => join2([(type << 3) | 2, text.length], utf8(text))
  const av1 = scrubber('av1', join2([0x81, 0, 0, 0], obu(1, 'sequence'), obu(5, 'PLANTED')))
  assert.deepEqual(av1.description, join2([0x81, 0, 0, 0], obu(1, 'sequence')))
  assert.deepEqual(av1.scrub(join2(obu(2, ''), obu(5, 'PLANTED'), obu(6, 'frame'))).data, join2(obu(2, ''), obu(6, 'frame')))
  assert.throws(() => av1.scrub(Uint8Array.of(0x32, 200, 1)), RangeError)

  const ts = scrubber('avc', null)
  const start = [0, 0, 0, 1]
  const packet = join2(start, [9, 0xf0], start, [6], utf8('PLANTED'), [0, 0, 1, 0x65], utf8('picture'))
  assert.deepEqual(ts.scrub(packet).data, join2([0, 0, 1, 9, 0xf0, 0], [0, 0, 1, 0x65], utf8('picture')))
  assert.throws(() => scrubber('avc', avcC).scrub(Uint8Array.of(0, 0, 0, 9, 1)), RangeError)
})

test('comments in the descriptions of sound go', () => {
  const headers = [join2([1], utf8('vorbis-identification')), join2([3], utf8('vorbis PLANTED')), join2([5], utf8('vorbis-setup'))]
  const vorbis = soundDescription('vorbis', join2([2, headers[0].length, headers[1].length], ...headers))
  assert.ok(!has(vorbis, 'PLANTED') && has(vorbis, 'identification') && has(vorbis, 'setup'))
  const flac = soundDescription('flac', join2(utf8('fLaC'), [0, 0, 0, 34], new Uint8Array(34), [0x84, 0, 0, 7], utf8('PLANTED')))
  assert.ok(!has(flac, 'PLANTED') && flac.length === 42 && flac[4] === 0x80)
  assert.equal(soundDescription('aac', null), null)
  assert.equal(soundDescription('alac', null), undefined)
  assert.throws(() => soundDescription('vorbis', new Uint8Array(8)), RangeError)
})

test('no bytes upset the walker of boxes', () => {
  for (let i = 0; i < 3000; i++) {
    const rubbish = crypto.getRandomValues(new Uint8Array(i % 90))
    if (i % 2) rubbish.fill(0, 0, Math.min(3, rubbish.length))
    for (const { start, end } of boxes(rubbish)) assert.ok(start <= end && end <= rubbish.length)
  }
})

test('what is no clip is said to be none', async () => {
  for (const [content, why] of [['', 'clip-empty'], ['hello', 'clip-unknown'], ['RIFF....AVI LIST', 'clip-unknown']]) {
    const facts = await inspect(new Blob([content]))
    assert.deepEqual([facts.cleanable, facts.why], [false, why])
    await assert.rejects(cleaned(content), code(why))
  }
})

// ---- real files -----------------------------------------------------------------------------------------------------

const corpus = join(process.env.HAMSEDA_CORPUS ?? '', 'metadata')
const skip = process.env.HAMSEDA_CORPUS && existsSync(corpus) ? false : 'HAMSEDA_CORPUS names no folder with metadata/'

/** Planted where no box of a tag shows it: sensors' own tracks, messages inside the video. */
const INSIDE = ['DEVC', 'GPS5', 'GoPro', 'MDPM', 'detected-face', 'x264', 'Apple', 'com.apple']
/** Can't be taken over here; the page says so and the person decides. */
const REFUSED = {
  'canon-mjpeg.avi': 'clip-unknown',
  'exiftool-MP3.mp3': 'clip-unknown', 'exiftool-Matroska.mkv': 'clip-empty', 'exiftool-QuickTime.m4a': 'clip-damaged',
  'exiftool-QuickTime.mov': 'clip-unknown', 'exiftool-Vorbis.ogg': 'clip-unknown',
}

/** Texts of tags and names: what a file says outside of its media. */
function texts(file, from = 0, to = file.length, inside = false, found = new Set()) {
  for (const { type, start, end } of boxes(file, from, to)) {
    const tag = inside || ['udta', 'meta', 'uuid', 'XMP_'].includes(type)
    if (['moov', 'trak', 'mdia', 'minf'].includes(type)) texts(file, start, end, tag, found)
    // The first 24 bytes of a handler are its kind, not its name.
    else if (tag || type === 'hdlr') for (const [text] of Buffer.from(file.subarray(type === 'hdlr' ? start + 24 : start, end)).toString('latin1').matchAll(/[\x20-\x7e\xa9]{6,}/g)) found.add(text)
  }
  return found
}

describe('the corpus', { skip }, () => {
  for (const name of skip ? [] : readdirSync(corpus).sort()) {
    test(name, async () => {
      const file = new Uint8Array(readFileSync(join(corpus, name)))
      if (name in REFUSED) {
        await assert.rejects(cleaned(file), code(REFUSED[name]))
        return
      }
      const { out, report } = await cleaned(file)
      assertBare(out)
      for (const text of texts(file)) assert.ok(!Buffer.from(out).includes(Buffer.from(text, 'latin1')), text)
      for (const text of INSIDE) assert.ok(!has(out, text), text)
      assert.ok(report.removed.length > 0)
      assert.ok(out.length > file.length / 2 || out.length > 1000, 'picture and sound are there')
    })
  }
})
