// Builds everything that the Rust side embeds into dist/: styles, classic scripts and fonts.
//
// Scripts are single IIFE files: pages must also work from file://, where module scripts and fetch are refused.
// Fonts are cut to the weights and the characters the pages use, so that a first view stays small.
import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { bundle } from 'lightningcss'
import subset from 'subset-font'
import { build } from 'vite'
import { sealer } from './capture/sealer.build.mjs'

const root = fileURLToPath(new URL('.', import.meta.url))
// Built aside, then only what differs is moved: cargo rebuilds nothing when nothing changed.
const made = join(root, 'node_modules/.hamseda-dist')
const dist = join(root, 'dist')

const scripts = {
  'site.js': 'site/site.ts',
  'verify.js': 'site/verify-page.ts',
  'desk.js': 'desk/desk.ts',
  'send.js': 'capture/send.ts',
  'send-media.js': 'capture/lib/media/entry.ts',
}
const styles = { 'site.css': 'site/site.css', 'intake.css': 'capture/intake.css', 'desk.css': 'desk/desk.css' }

// Inclusive code point ranges; the same ranges stand as unicode-range in shared/fonts.css (checked below).
const cuts = {
  arabic: [[0x600, 0x6ff], [0x200c, 0x200f], [0x2066, 0x2069], [0xfdfc, 0xfdfc]],
  latin: [[0x20, 0x7e], [0xa0, 0xa0], [0xab, 0xab], [0xb7, 0xb7], [0xbb, 0xbb], [0x2010, 0x2014], [0x2018, 0x201e], [0x2026, 0x2026]],
  'latin-ext': [[0xa1, 0xaa], [0xac, 0xb6], [0xb8, 0xba], [0xbc, 0x17f], [0x218, 0x21b], [0x2022, 0x2022], [0x2039, 0x203a], [0x20ac, 0x20ac], [0x2116, 0x2116], [0x2190, 0x2193], [0x2212, 0x2212]],
}

// What a script holds of others' work goes with it.
const notices = {
  'send.js': 'Holds @noble/ciphers, curves, hashes and post-quantum: MIT, (c) Paul Miller, paulmillr.com/noble',
  'send-media.js': 'Holds mediabunny: MPL-2.0, (c) Vanilagy and contributors, github.com/Vanilagy/mediabunny',
}

async function script(name, entry) {
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    build: {
      outDir: made,
      emptyOutDir: false,
      target: 'es2020',
      modulePreload: false,
      lib: { entry: join(root, entry), formats: ['iife'], name: 'hamseda', fileName: () => name },
    },
  })
  if (!(name in notices)) return
  const path = join(made, name)
  writeFileSync(path, `/*! ${notices[name]} */\n${readFileSync(path, 'utf8')}`)
}

function style(name, entry) {
  const targets = { chrome: 90 << 16, firefox: 90 << 16, safari: (14 << 16) | (1 << 8) }
  const { code, warnings } = bundle({ filename: join(root, entry), minify: true, targets })
  if (warnings.length > 0) throw new Error(`${entry}: ${warnings.map((w) => w.message).join('; ')}`)
  writeFileSync(join(made, name), code)
}

async function fonts() {
  const from = join(root, 'node_modules/vazirmatn')
  const variable = readFileSync(join(from, 'fonts/variable/Vazirmatn[wght].ttf'))
  const css = readFileSync(join(root, 'shared/fonts.css'), 'utf8').toLowerCase()
  for (const [name, ranges] of Object.entries(cuts)) {
    const hex = (n) => n.toString(16)
    const listed = ranges.map(([a, b]) => (a === b ? `u+${hex(a)}` : `u+${hex(a)}-${hex(b)}`)).join(', ')
    if (!css.includes(`unicode-range: ${listed};`)) throw new Error(`shared/fonts.css: ${name} needs\nunicode-range: ${listed};`)
    const text = ranges.flatMap(([a, b]) => Array.from({ length: b - a + 1 }, (_, i) => String.fromCodePoint(a + i))).join('')
    const cut = await subset(variable, text, { targetFormat: 'woff2', variationAxes: { wght: { min: 400, max: 800 } } })
    writeFileSync(join(made, `vazirmatn-${name}.woff2`), cut)
  }
  // Static fonts for the film, whole.
  for (const weight of ['Regular', 'SemiBold', 'ExtraBold']) {
    copyFileSync(join(from, `fonts/ttf/Vazirmatn-${weight}.ttf`), join(made, `Vazirmatn-${weight}.ttf`))
  }
  copyFileSync(join(from, 'OFL.txt'), join(made, 'Vazirmatn-OFL.txt'))
}

/** Word lists as scripts: a page's policy lets it load scripts from beside its own, also from file://. */
function words() {
  for (const lang of ['fa', 'ar', 'en']) {
    const list = join(root, `../crates/shared/seal/src/words/${lang}.txt`)
    const text = existsSync(list) ? readFileSync(list, 'utf8').trim() : ''
    if (text === '') console.warn(`${lang}: no word list; pages give digits`)
    writeFileSync(join(made, `words-${lang}.js`), `(globalThis.hamsedaWords=globalThis.hamsedaWords||{}).${lang}=${JSON.stringify(text)};\n`)
  }
}

/**
 * What a sender's phone loads, gzipped: the first view, and everything with a clip picked and words shown. Fonts come after
 * the first view, and text stands without them. `page` is the HTML itself, which the server writes: its share is fixed here.
 */
function weigh() {
  const weight = (...names) => names.reduce((sum, name) => sum + gzipSync(readFileSync(join(made, name)), { level: 9 }).length, 0)
  const page = 9 * 1024
  const first = page + weight('send.js', 'intake.css')
  const words = Math.max(...['fa', 'ar', 'en'].map((lang) => weight(`words-${lang}.js`)))
  const all = first + weight('send-media.js', 'vazirmatn-arabic.woff2', 'vazirmatn-latin.woff2') + words
  for (const [what, bytes, most] of [['first view', first, 60 * 1024], ['everything', all, 250 * 1024]]) {
    console.log(`sending, ${what}: ${bytes} of ${most} bytes gzipped`)
    if (bytes > most) throw new Error(`sending, ${what}: ${bytes} bytes gzipped, ${most} are allowed`)
  }
}

/** Moves what differs into dist/ and removes what is no longer made. */
function deliver() {
  mkdirSync(dist, { recursive: true })
  const wanted = readdirSync(made)
  for (const name of wanted) {
    const [from, to] = [join(made, name), join(dist, name)]
    if (!existsSync(to) || !readFileSync(from).equals(readFileSync(to))) renameSync(from, to)
  }
  for (const name of readdirSync(dist)) if (!wanted.includes(name)) rmSync(join(dist, name), { recursive: true })
}

rmSync(made, { recursive: true, force: true })
mkdirSync(made, { recursive: true })
for (const [name, entry] of Object.entries(styles)) style(name, entry)
await fonts()
for (const [name, entry] of Object.entries(scripts)) await script(name, entry)
words()
await script('sealer.js', 'capture/sealer.ts')
writeFileSync(join(made, 'sealer.html'), sealer(made))
rmSync(join(made, 'sealer.js'))
weigh()
deliver()
for (const name of readdirSync(dist)) {
  const bytes = readFileSync(join(dist, name))
  console.log(`${name.padEnd(26)} ${String(bytes.length).padStart(7)} bytes  ${createHash('sha256').update(bytes).digest('hex').slice(0, 12)}`)
}
