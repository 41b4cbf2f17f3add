// Speed of sealing by script: the page's own library and typage, in Node.js or in Chromium, with and without JIT.
//
//   node seal.mjs bundle OUT                       the library as one classic script, built like the pages' scripts
//   node [--jitless] seal.mjs node BUNDLE MB       one JSON line for each of the two
//   node seal.mjs browser BUNDLE MB [--jitless]    one JSON line
//
// MB are sealed from memory to nowhere; the best of three rounds is told.

import { readFileSync } from "node:fs";
import { dirname, basename, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import vm from "node:vm";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const keysetJson = readFileSync(here("../../vectors/seal/keyset.json"));
const terms = JSON.parse(keysetJson);
const ROUNDS = 3;

const say = (by, megabytes, seconds) =>
  console.log(JSON.stringify({ what: "seal", by, bytes: megabytes * 1e6, seconds, mb_per_s: megabytes / seconds }));

/** Seals so many MB and tells the seconds of the best round. Runs in Node.js and in a page: no name from outside. */
async function measure(lib, keysetBytes, campaignKey, megabytes, rounds) {
  const keyset = lib.loadKeyset(keysetBytes, campaignKey, 20_600);
  const piece = new Uint8Array(1_000_000);
  for (let at = 0; at < piece.length; at += 65_536) crypto.getRandomValues(piece.subarray(at, at + 65_536));
  const choices = {
    picture: "mask", voice: "alter", lang: "fa", place: null, pseudonym: null,
    uses: { film: true, wall: true, count: true, testimony: false },
  };
  let best = Infinity;
  for (let round = 0; round < rounds; round += 1) {
    const began = performance.now();
    const sealer = new lib.Sealer(keyset, async () => {});
    for (let i = 0; i < megabytes; i += 1) await sealer.write(piece);
    await sealer.finish(choices, null);
    best = Math.min(best, (performance.now() - began) / 1000);
  }
  return best;
}

const commands = {
  async bundle(out) {
    const { build } = await import("../../web/node_modules/vite/dist/node/index.js");
    const entry = here("../../web/capture/lib/bench-entry.ts");
    const text = "export * from './sealer'\nexport * from './keyset'";
    const plugin = { name: "entry", enforce: "pre", resolveId: (id) => (id === entry ? id : null), load: (id) => (id === entry ? text : null) };
    await build({
      root: here("../../web"), configFile: false, logLevel: "error", plugins: [plugin],
      build: {
        outDir: dirname(resolve(out)), emptyOutDir: false, target: "es2020",
        lib: { entry, formats: ["iife"], name: "hamsedaBench", fileName: () => basename(out) },
      },
    });
  },

  async node(bundle, megabytes) {
    const jit = process.execArgv.includes("--jitless") ? "without JIT" : "with JIT";
    const lib = vm.runInThisContext(`${readFileSync(bundle, "utf8")}\n;hamsedaBench`, { filename: bundle });
    const keyset = new Uint8Array(keysetJson);
    say(`hamseda (script, Node.js ${jit})`, +megabytes, await measure(lib, keyset, terms.campaign_key, +megabytes, ROUNDS));
    const { Encrypter } = await import("age-encryption");
    const plain = new Uint8Array(+megabytes * 1e6);
    let best = Infinity;
    for (let round = 0; round < ROUNDS; round += 1) {
      const encrypter = new Encrypter();
      terms.recipients.forEach((recipient) => encrypter.addRecipient(recipient));
      const began = performance.now();
      await encrypter.encrypt(plain);
      best = Math.min(best, (performance.now() - began) / 1000);
    }
    say(`typage 0.3.1 (Node.js ${jit})`, +megabytes, best);
    // Without JIT there is no WebAssembly, and Node.js itself breaks when it loads its HTTP client later on.
    process.exit(0);
  },

  async browser(bundle, megabytes, flag) {
    const { chromium } = await import("playwright-core");
    const args = ["--no-sandbox", "--disable-gpu", ...(flag ? [`--js-flags=${flag}`] : [])];
    const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", headless: true, args });
    const page = await browser.newPage();
    await page.addScriptTag({ content: readFileSync(bundle, "utf8") });
    const seconds = await page.evaluate(
      `(${measure})(hamsedaBench, new Uint8Array(${JSON.stringify([...keysetJson])}), "${terms.campaign_key}", ${+megabytes}, ${ROUNDS})`,
    );
    await browser.close();
    say(`hamseda (script, Chromium ${flag ? "without" : "with"} JIT)`, +megabytes, seconds);
  },
};

const [command, ...args] = process.argv.slice(2);
const run = commands[command];
if (!run) throw new Error(`one of: ${Object.keys(commands).join(", ")}`);
await run(...args);
