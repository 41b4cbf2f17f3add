// The intake's pages in a browser, and uploads by a client that isn't ours.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { Upload } from "tus-js-client";
import { breaches, launch, noBrowser, open, overflows } from "../lib/browser.mjs";
import { ask, copy, demo, line, missing, serve } from "../lib/campaign.mjs";

/** What a public machine holds: three files and nothing else. */
const PUBLIC = ["campaign.toml", "keyset.json", "intake.toml"];
const intakeFolder = (t) => copy(t, demo, (path) => path === demo || PUBLIC.includes(basename(path)));

describe("intake", { skip: missing || noBrowser }, () => {
  let browser;
  before(async () => (browser = await launch()));
  after(() => browser?.close());

  for (const lang of ["fa", "ar", "en"]) {
    test(`${lang}: the call stands, without script, and asks nobody`, async (t) => {
      const base = await serve(t, "intake", "--dir", intakeFolder(t));
      const { page, seen } = await open(t, browser, base, { lang });
      await page.goto(`${base}/`);
      assert.equal(await page.getAttribute("html", "lang"), lang, "the browser's language is taken");
      assert.equal(await page.locator("script").count(), 0);
      assert.deepEqual(await breaches(page), []);
      const keyset = await (await fetch(`${base}/keyset`)).arrayBuffer();
      const hash = createHash("sha256").update(Buffer.from(keyset)).digest("hex");
      const text = (await page.locator("main").innerText()).replace(/\s/g, "");
      assert.ok(text.includes(hash), "the page prints the key set's hash");
      await page.setViewportSize({ width: 360, height: 740 });
      assert.equal(await overflows(page), false);
      assert.deepEqual(seen, { foreign: [], errors: [] });
    });
  }

  test("a foreign tus client, cut in the middle, delivers a sealed message", async (t) => {
    const dir = intakeFolder(t);
    const base = await serve(t, "intake", "--dir", dir);
    const sealed = readFileSync(seal(dir, base));
    const options = { endpoint: `${base}/upload`, chunkSize: 300_000, retryDelays: null };

    const url = await new Promise((resolve, reject) => {
      const client = new Upload(sealed, {
        ...options,
        onError: reject,
        onSuccess: () => reject(new Error("it was to be cut")),
        onChunkComplete(_, accepted) {
          if (accepted >= sealed.length / 2) client.abort().then(() => resolve(client.url), reject);
        },
      });
      client.start();
    });
    assert.deepEqual(await list(base), [], "half a message is no message");

    let resumedAt = null;
    await new Promise((resolve, reject) => {
      const onProgress = (sent) => (resumedAt ??= sent);
      new Upload(sealed, { ...options, uploadUrl: url, onError: reject, onSuccess: resolve, onProgress }).start();
    });
    assert.ok(resumedAt >= sealed.length / 2, `what had arrived was sent again: resumed at ${resumedAt}`);
    const [message] = await list(base);
    assert.equal(message.bytes, sealed.length);
    const back = Buffer.from(await (await pull(base, message.id)).arrayBuffer());
    assert.ok(back.equals(sealed), "what the desk pulls is what was sent");
  });

  test("content is given to nobody without the desk's token", async (t) => {
    const base = await serve(t, "intake", "--dir", intakeFolder(t));
    assert.equal((await fetch(`${base}/pull/v1/list`)).status, 401);
  });
});

/** Seals one of the demo's clips; gives the sealed file. */
function seal(dir, base) {
  const clip = readdirSync(join(demo, "clips")).find((name) => /^[^.].*\.mp4$/.test(name));
  const sealed = join(dir, "sealed");
  ask("seal", join(demo, "clips", clip), "--keyset", `${base}/keyset`, "--output", sealed);
  return sealed;
}

const token = () => line(demo, "keys/pull.token");
const pull = (base, path) => fetch(`${base}/pull/v1/${path}`, { headers: { authorization: `Bearer ${token()}` } });
const list = async (base) => (await pull(base, "list")).json();
