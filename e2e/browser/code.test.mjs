// A code in a browser: where the message stands, a letter, taking it back; typed with script, by small files without.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { launch, noBrowser, open } from "../lib/browser.mjs";
import { bin, copy, demo, missing, serve } from "../lib/campaign.mjs";
import * as s from "../lib/sending.mjs";

/** The whole campaign, without what takes room. */
function campaign(t) {
  const skipped = ["clips", "film", "wall", "site", "logs", "outbox", "supporters"];
  return copy(t, demo, (path) => path === demo || !skipped.some((name) => path.startsWith(join(demo, name))));
}
const pull = (dir, base) =>
  execFileSync(bin, ["worker", "--dir", dir, "--intake", base, "--records-every", "0", "--until-idle", "--quiet"], {
    stdio: ["ignore", "ignore", "pipe"],
  });

describe("codes", { skip: missing || noBrowser }, () => {
  let browser;
  before(async () => (browser = await launch()));
  after(() => browser?.close());

  /** Sends a clip with a code; gives its words. */
  async function sendWithCode(t, base, lang) {
    const { page } = await open(t, browser, base, { lang });
    await page.goto(`${base}/${lang}/send`);
    await s.decide(page, s.clip(), { code: "draw" });
    await s.seal(page);
    await page.locator(".sending.arrived").waitFor();
    const words = (await s.words(page, 1)).join(" ");
    await page.locator(".end button").click();
    return words;
  }
  const type = async (page, words) => {
    await page.fill("#app textarea", words);
    await page.locator("#app form button[type=submit]").first().click();
  };

  for (const lang of ["fa", "en"]) {
    test(`${lang}: status, a letter and taking back, typed`, async (t) => {
      const dir = campaign(t);
      const base = await serve(t, "intake", "--dir", dir);
      const words = await sendWithCode(t, base, lang);
      const { page, seen } = await open(t, browser, base, { lang });
      await page.goto(`${base}/${lang}/code`);
      await page.locator("#app textarea").waitFor();
      await s.accessible(page, "the code");
      await type(page, words.replace(/^\S+/, "xxxxxxxx"));
      await page.locator("#app [role=alert]:not([hidden])").waitFor();
      await type(page, words);
      await page.locator("#app .lead[role=status]").waitFor();
      await s.accessible(page, "nothing known yet");
      assert.equal(await page.locator("#app .lead.good").count(), 0, "the desk has not asked yet");

      pull(dir, base);
      await page.locator("#app > button.plain").click();
      await type(page, words);
      await page.locator("#app .lead.good").waitFor();
      await s.accessible(page, "the status");

      await page.fill("#app textarea", "Thank you. سپاس");
      await page.locator("#app form button").click();
      await page.locator("#app form .good:not(:empty)").waitFor();

      await page.locator("#app .card").nth(1).locator("button").click();
      await page.locator("#app button.danger").click();
      await page.locator("#app .card").nth(1).locator(".good:not(:empty)").waitFor();
      pull(dir, base);
      await page.locator("#app > button.plain").click();
      await type(page, words);
      await page.locator("#app .lead.good").waitFor();
      const text = await page.locator("#app .lead").innerText();
      assert.match(text, lang === "fa" ? /پس گرفته/ : /withdrawn/);
      assert.deepEqual(await s.stored(page), s.NOTHING);
      assert.deepEqual(seen, { foreign: [], errors: [] });
    });
  }

  test("by small files, with scripts off", async (t) => {
    const dir = campaign(t);
    const base = await serve(t, "intake", "--dir", dir);
    const words = await sendWithCode(t, base, "en");
    pull(dir, base);
    const { page: offline } = await s.sealer(t, browser, base);
    await offline.locator("button.opt").nth(1).click();
    await type(offline, words);
    await offline.locator(".card").first().waitFor();
    await s.accessible(offline, "small files");
    const ask = await s.saved(t, offline, () => offline.locator(".card").nth(0).locator("button").click());
    const back = await s.saved(t, offline, () => offline.locator(".card").nth(2).locator("button").click());
    await offline.fill(".card textarea", "A letter");
    const letter = await s.saved(t, offline, () => offline.locator(".card form button").click());
    assert.deepEqual([ask, back].map((path) => readFileSync(path).length), [4096, 4096], "they look alike");
    for (const path of [ask, back, letter]) assert.doesNotMatch(basename(path), /\./);

    const { page, seen } = await open(t, browser, base, { script: false });
    await page.goto(`${base}/en/code`);
    await page.setInputFiles("#status-file", ask);
    const answer = await s.saved(t, page, () => page.click("form[action^='/status'] button"));
    assert.equal(readFileSync(answer).length, 4096);
    await offline.setInputFiles("input[type=file]", answer);
    await offline.locator(".card .lead.good").waitFor();

    await page.setInputFiles("#letter-file", letter);
    await page.click("form[action^='/letter'] button");
    assert.match(await page.locator("h1").innerText(), /letter has arrived/);
    await page.goto(`${base}/en/code`);
    await page.setInputFiles("#withdraw-file", back);
    await page.click("form[action^='/withdraw'] button");
    assert.match(await page.locator("h1").innerText(), /wish has arrived/);
    await page.goto(`${base}/en/code`);
    await page.setInputFiles("#withdraw-file", letter);
    await page.click("form[action^='/withdraw'] button");
    assert.ok((await page.locator("h1").count()) > 0, "another file gets a page, too");
    assert.deepEqual(seen.foreign, []);
  });

  test("no form could carry a code away", async (t) => {
    const base = await serve(t, "intake", "--dir", s.intakeFolder(t));
    const { page } = await open(t, browser, base);
    await page.goto(`${base}/en/code`);
    await page.locator("#app textarea").waitFor();
    assert.equal(await page.locator("textarea[name], form[action] textarea, form[action] input:not([type=file])").count(), 0);
  });
});
