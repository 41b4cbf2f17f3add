// Puts the offline sealer together: one HTML file that works from a folder and asks nobody.
//
// Style, fonts, script and the texts of all languages are inside; its policy names their hashes and allows no connection,
// so that nothing the page was given can leave it. The same sources give the same bytes: people compare the file's hash.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const locales = fileURLToPath(new URL('../../crates/public/intake/locales/', import.meta.url))
const CLIENT = 'app-'
const RTL = ['fa', 'ar']
/** Offered in this order, then whatever else there is. */
const FIRST = ['fa', 'ar', 'en']

/** The script's texts of one language, as the intake gives them to its pages: `{n}` where an argument goes. */
function texts(lang) {
  const hole = RTL.includes(lang) ? '\u2068{$1}\u2069' : '{$1}'
  const said = {}
  for (const line of readFileSync(join(locales, `${lang}.ftl`), 'utf8').split('\n')) {
    const found = /^app-([a-z0-9-]+) = (.*)$/.exec(line)
    if (found) said[found[1]] = found[2].replace(/\{ \$(\w+) \}/g, hole)
    else if (line.startsWith(CLIENT) || /^ +\S/.test(line)) throw new Error(`${lang}.ftl: one line a text: ${line}`)
  }
  return said
}

function languages() {
  const all = readdirSync(locales).filter((name) => name.endsWith('.ftl')).map((name) => name.slice(0, -4)).sort()
  const complete = new Set(Object.keys(texts('en')))
  return [...new Set([...FIRST, ...all])].filter((lang) => [...complete].every((id) => id in texts(lang)))
}

/** The style with its fonts inside. */
function style(made) {
  const css = readFileSync(join(made, 'intake.css'), 'utf8')
  return css.replace(/url\(["']?(?:\.\/)?(vazirmatn-[a-z-]+\.woff2)["']?\)/g, (_, name) => {
    return `url(data:font/woff2;base64,${readFileSync(join(made, name)).toString('base64')})`
  })
}

const hash = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
/** No text inside may end its element. */
const closed = (text) => text.replaceAll('</', '<\\/')

/** The page, from what was built into the folder `made`. */
export function sealer(made) {
  const css = style(made)
  const optional = ['words-fa.js', 'words-ar.js', 'words-en.js', 'send-media.js'].filter((name) => existsSync(join(made, name)))
  const scripts = [...optional, 'sealer.js'].map((name) => closed(readFileSync(join(made, name), 'utf8')))
  const said = Object.fromEntries(languages().map((lang) => [lang, texts(lang)]))
  const policy = [
    "default-src 'none'",
    `script-src ${scripts.map(hash).join(' ')}`,
    `style-src ${hash(css)}`,
    'font-src data:',
    'media-src blob:',
    "form-action 'none'",
    "base-uri 'none'",
  ].join('; ')
  const json = JSON.stringify(said).replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  return `<!doctype html>
<html lang="en" dir="ltr">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>…</title>
<style>${css}</style>
</head>
<body>
<main class="ask" id="app" data-page="sealer"><noscript>
<p lang="fa" dir="rtl">این مرورگر اسکریپت اجرا نمی‌کند. این فایل را در مرورگری باز کنید که اسکریپت اجرا می‌کند؛ به شبکه نیازی نیست.</p>
<p lang="ar" dir="rtl">هذا المتصفح لا يشغّل النصوص البرمجية. افتحوا هذا الملف في متصفح يشغّلها؛ ولا حاجة إلى شبكة.</p>
<p>This browser runs no script. Open this file in one that does; no network is needed.</p>
</noscript></main>
<template id="texts">${json}</template>
${scripts.map((script) => `<script>${script}</script>`).join('\n')}
</body>
</html>
`
}
