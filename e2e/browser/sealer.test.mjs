// The offline sealer: a file that asks nobody, seals, cuts, and uses codes.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { after, before, describe, test } from "node:test";
import { breaches, launch, noBrowser, open } from "../lib/browser.mjs";
import { ask, demo, missing, serve } from "../lib/campaign.mjs";
import * as s from "../lib/sending.mjs";

describe("offline sealer", { skip: missing || noBrowser }, () => {
  let browser;
  before(async () => (browser = await launch()));
  after(() => browser?.close());

  for (const lang of ["fa", "ar", "en"]) {
    test(`${lang}: sealed without network, carried, and opened at the desk`, async (t) => {
      const base = await serve(t, "intake", "--dir", s.intakeFolder(t));
      const { page, seen } = await s.sealer(t, browser, base, { lang, look: (at) => s.accessible(at, "the campaign's file") });
      assert.equal(await page.getAttribute("html", "lang"), lang, "the browser's language is taken");
      await s.accessible(page, "the menu");
      await page.locator("button.opt").first().click();
      await s.decide(page, s.clip(), { picture: "show", road: "file" }, (name) => s.accessible(page, name));
      await s.seal(page);
      await page.locator("ol.words").waitFor();
      await s.accessible(page, "the end");
      const file = await s.saved(t, page, () => page.locator("#app button.plain").first().click());
      assert.match(basename(file), /^[a-z2-7]+$/, "a name that says nothing");
      await page.locator(".end button").click();
      await page.locator(".end").waitFor({ state: "detached" });
      assert.deepEqual(await s.stored(page), s.NOTHING);
      ask("send", file, base);
      const { choices } = s.unseal(t, await s.arrived(base));
      assert.deepEqual([choices.picture, choices.voice, choices.lang], ["show", "mute", lang]);
      assert.deepEqual(seen, { foreign: [], errors: [] });
    });
  }

  test("its digits are the same on the page, from the server and from the program", async (t) => {
    const base = await serve(t, "intake", "--dir", s.intakeFolder(t));
    const served = Buffer.from(await (await fetch(`${base}/sealer.html`)).arrayBuffer());
    const hash = createHash("sha256").update(served).digest("hex");
    assert.equal(ask("sealer", "--hash").sha256, hash);
    const dir = s.folder(t);
    ask("sealer", "--output", join(dir, "page"));
    assert.ok(readFileSync(join(dir, "page")).equals(served));
    const { page } = await open(t, browser, base, { script: false });
    await page.goto(`${base}/en/parts`);
    const shown = (await page.locator(".groups").innerText()).replace(/\s/g, "");
    assert.equal(shown, hash);
  });

  test("opened from the server it obeys its own policy", async (t) => {
    const base = await serve(t, "intake", "--dir", s.intakeFolder(t));
    const { page, seen } = await open(t, browser, base);
    const answer = await page.goto(`${base}/sealer.html`);
    const policy = answer.headers()["content-security-policy"];
    assert.ok(policy.startsWith("default-src 'none'") && !policy.includes("unsafe") && !policy.includes("connect-src"), policy);
    await page.locator("input[type=file]").waitFor();
    const out = await page.evaluate(() => fetch("/keyset").then(() => "reached", () => "refused"));
    assert.equal(out, "refused", "it can't talk to anybody, not even its own server");
    assert.equal(seen.foreign.length, 0);
  });

  test("another campaign's signature, a changed key set and other files are refused", async (t) => {
    const base = await serve(t, "intake", "--dir", s.intakeFolder(t));
    const dir = s.folder(t);
    const kit = await (await fetch(`${base}/kit.json`)).json();
    const file = (name, text) => (writeFileSync(join(dir, name), text), join(dir, name));
    const bad = [
      file("changed", JSON.stringify({ ...kit, keyset: kit.keyset.replace(/"epoch":\d+/, '"epoch":77') })),
      file("pinned", JSON.stringify({ ...kit, campaignKey: "00".repeat(32) })),
      file("rubbish", "not a key set"),
      file("other", JSON.stringify({ format: "something else" })),
    ];
    const { page } = await open(t, browser, base);
    await page.goto(pathToFileURL(s.sealerFile(t)).href);
    for (const path of bad) {
      await page.setInputFiles("input[type=file]", path);
      await page.locator("[role=alert]:not([hidden])").waitFor();
      assert.equal(await page.locator(".groups").count(), 0, path);
    }
    await page.setInputFiles("input[type=file]", join(demo, "keyset.json"));
    await page.locator(".groups").waitFor();
    assert.equal(await page.locator("[role=alert]:not([hidden])").count(), 0, "a bare key set will do");
    assert.deepEqual(await breaches(page), []);
  });
});
