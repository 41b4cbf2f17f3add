// The sending page as a person goes through it, and what is needed around it: a campaign, clips, a line that can be cut.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { breaches, open, overflows } from "./browser.mjs";
import { ask, bin, copy, demo, line } from "./campaign.mjs";

/** What a public machine holds: three files and nothing else. */
const PUBLIC = ["campaign.toml", "keyset.json", "intake.toml"];
export const intakeFolder = (t) => copy(t, demo, (path) => path === demo || PUBLIC.includes(basename(path)));

/** A folder of this test. */
export function folder(t) {
  const path = mkdtempSync(join(tmpdir(), "hamseda-e2e-"));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** A clip of the demo. */
export function clip() {
  const name = readdirSync(join(demo, "clips")).find((file) => /^[^.].*\.mp4$/.test(file));
  return join(demo, "clips", name);
}

/** A file that no browser can repack, of so many bytes: sealed as it is, if the person says so. */
export function opaque(t, bytes) {
  const path = join(folder(t), "clip.bin");
  writeFileSync(path, randomBytes(bytes));
  return path;
}

/** A line to `base` that carries until it is told to break. */
export async function lineTo(t, base) {
  const { hostname, port } = new URL(base);
  const pairs = new Set();
  const state = { carried: 0, limit: Infinity, broken: false };
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    const pair = { near, far };
    const end = () => {
      near.destroy();
      far.destroy();
      pairs.delete(pair);
    };
    pairs.add(pair);
    if (state.broken) return end();
    for (const socket of [near, far]) socket.on("error", end).on("close", end);
    near.on("data", (bytes) => {
      state.carried += bytes.length;
      if (state.carried > state.limit) {
        state.broken = true;
        for (const { near, far } of pairs) near.destroy(), far.destroy();
        return;
      }
      if (!far.write(bytes)) near.pause();
    });
    far.on("drain", () => near.resume());
    far.on("data", (bytes) => near.write(bytes));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    /** Breaks for good once so many more bytes went towards the server. */
    breakAfter: (bytes) => Object.assign(state, { limit: state.carried + bytes }),
    mend: () => Object.assign(state, { limit: Infinity, broken: false }),
    carried: () => state.carried,
  };
}

/** The choices of a walk; what is left out stays as the page has it. */
export const next = (page) => page.click("#app form button[type=submit]");

/** Goes from the first screen to the last look; `look` is called on every screen. */
export async function decide(page, file, wishes = {}, look = async () => {}) {
  await page.locator("#app input[type=file]").waitFor({ state: "attached" });
  await look("clip");
  await page.setInputFiles("#app input[type=file]", file);
  await page.locator(".chosen .good").waitFor();
  await next(page);
  for (const name of ["picture", "voice", "place", "name", "uses", "code", "road"]) {
    const first = page.locator(`input[name=${name}]`).first();
    await first.waitFor();
    assert.equal(await first.isChecked(), true, `${name}: the safe answer is first and chosen`);
    await look(name);
    const wish = wishes[name];
    if (wish) {
      await page.check(`input[name=${name}][value=${wish.value ?? wish}]`);
      if (wish.place) await page.selectOption(".more:not([hidden]) select", wish.place);
      if (wish.text) await page.fill(".more:not([hidden]) input", wish.text);
    }
    await next(page);
  }
  await page.locator("dl.answers").waitFor();
  await look("check");
}

/** Presses "Seal and send" or "Seal". */
export const seal = (page) => page.locator("dl.answers ~ button:not(.plain)").click();

/** Agrees to a clip being sealed as it is. */
export const asItIs = (page) => page.locator("#app .lead ~ button.plain").nth(1).click();

/** Words of a list on the page, receipt or code. */
export const words = (page, at = 0) => page.locator("ol.words").nth(at).locator("li").allInnerTexts();

/** Checks a screen on a phone and on a desktop. */
export async function accessible(page, name) {
  for (const size of [{ width: 390, height: 844 }, { width: 1280, height: 900 }]) {
    await page.setViewportSize(size);
    assert.deepEqual(await breaches(page), [], `${name} at ${size.width}`);
    assert.equal(await overflows(page), false, `${name} at ${size.width} is too wide`);
  }
}

/** What a browser keeps of our pages. */
export const stored = (page) =>
  page.evaluate(async () => {
    const files = [];
    try {
      for await (const name of (await navigator.storage.getDirectory()).keys()) files.push(name);
    } catch {
      // No such storage here.
    }
    const databases = (await indexedDB.databases()).map(({ name }) => name);
    const caches = await globalThis.caches.keys();
    return { files, databases, caches, local: localStorage.length, session: sessionStorage.length, cookies: document.cookie };
  });
export const NOTHING = { files: [], databases: [], caches: [], local: 0, session: 0, cookies: "" };

const authorization = () => `Bearer ${line(demo, "keys/pull.token")}`;
/** What waits for the desk at an intake. */
export const waiting = async (base) => (await fetch(`${base}/pull/v1/list`, { headers: { authorization: authorization() } })).json();

/** The sealed bytes of the one message that arrived. */
export async function arrived(base) {
  const list = await waiting(base);
  assert.equal(list.length, 1, JSON.stringify(list));
  const answer = await fetch(`${base}/pull/v1/${list[0].id}`, { headers: { authorization: authorization() } });
  return Buffer.from(await answer.arrayBuffer());
}

/** Opens sealed bytes with the campaign's desk key: the clip, and what the contributor chose. */
export function unseal(t, sealed) {
  const dir = folder(t);
  writeFileSync(join(dir, "sealed"), sealed);
  const { choices } = ask("unseal", join(dir, "sealed"), "--dir", demo, "--output", join(dir, "clip"));
  return { choices, path: join(dir, "clip"), clip: readFileSync(join(dir, "clip")) };
}

/** The page's own program, for what has no JSON. */
export const hamseda = (...args) => execFileSync(bin, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

/** Saves what a click makes the browser save; gives where, under the name it was given. */
export async function saved(t, page, click) {
  const [download] = await Promise.all([page.waitForEvent("download"), click()]);
  const path = join(folder(t), download.suggestedFilename());
  await download.saveAs(path);
  return path;
}

/** The offline sealer's file, as the program writes it. */
export function sealerFile(t) {
  const path = join(folder(t), "page.html");
  ask("sealer", "--output", path);
  return path;
}

/** The offline sealer, opened from its file with the campaign's file, at its menu. */
export async function sealer(t, browser, base, { lang = "en", look = async () => {} } = {}) {
  const path = sealerFile(t);
  const kit = join(folder(t), "page.json");
  writeFileSync(kit, await (await fetch(`${base}/kit.json`)).text());
  const { page, seen } = await open(t, browser, "file:", { lang });
  await page.goto(pathToFileURL(path).href);
  await page.locator("input[type=file]").waitFor();
  await page.setInputFiles("input[type=file]", kit);
  await page.locator(".groups").waitFor();
  await look(page);
  await page.locator("#app button:not(.link)").click();
  await page.locator("button.opt").first().waitFor();
  return { page, seen };
}
