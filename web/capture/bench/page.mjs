// The library in a real browser: a page of its own with the policy of the sending page, and its memory as the system sees it.
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { bundle, vectors } from '../lib/testing.mjs'

const ENTRY = `
import * as all from './index'
import { Sealer } from './sealer'
globalThis.lib = { ...all, Sealer }
`
/** No eval, no WASM, nothing from elsewhere. */
const POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'; media-src blob:"

export const keysetFile = readFileSync(new URL('seal/keyset.json', vectors))
export const choices = { picture: 'mask', voice: 'alter', lang: 'fa', place: null, pseudonym: null, uses: { film: true, wall: true, count: true, testimony: false } }

/** Serves the page; `more` answers what it doesn't know. Gives its address; `close` ends it. */
export async function serve(more = (_, response) => response.writeHead(404).end()) {
  const files = {
    '/': ['text/html', "<!doctype html><title>x</title><input type=file><script src='/lib.js'></script>"],
    '/lib.js': ['text/javascript', await bundle(ENTRY, 'iife')],
    '/send-media.js': ['text/javascript', await bundle("import './media/entry'", 'iife')],
    '/keyset': ['application/json', keysetFile],
  }
  const server = createServer((request, response) => {
    const file = request.method === 'GET' ? files[request.url] : undefined
    if (!file) return more(request, response)
    return response.writeHead(200, { 'content-type': `${file[0]}; charset=utf-8`, 'content-security-policy': POLICY, 'cache-control': 'no-store' }).end(file[1])
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { base: `http://127.0.0.1:${server.address().port}`, close: () => server.close() && server.closeAllConnections() }
}

/** Chromium by the browser tests' own playwright-core. */
export async function launch(flags = [], profile = null) {
  const require = createRequire(new URL('../../../e2e/package.json', import.meta.url))
  const { chromium } = require('playwright-core')
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
  const args = [
    '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
    '--disable-sync', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', '--js-flags=--expose-gc', ...flags,
  ]
  const options = { executablePath, headless: true, args }
  return profile === null ? chromium.launch(options) : chromium.launchPersistentContext(profile, options)
}

/** Begins to watch the memory of the page's process; gives what stops it and the peaks since, MiB. */
export async function watch(browser) {
  const session = await browser.newBrowserCDPSession()
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  const pids = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id)
  const read = () => Math.max(...pids.map(own))
  const start = read()
  let peak = start
  const timer = setInterval(() => (peak = Math.max(peak, read())), 20)
  return () => {
    clearInterval(timer)
    return { start_mib: start, peak_mib: peak }
  }
}

/** Memory that is this process's own: without the browser's program text and libraries, which all its processes share. */
function own(pid) {
  try {
    return Number(/RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024
  } catch {
    return 0
  }
}
