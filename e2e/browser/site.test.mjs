// The site in a browser: from a folder and from a server, with and without script, right to left and left to right.

import assert from "node:assert/strict";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { breaches, launch, noBrowser, open, overflows, plays } from "../lib/browser.mjs";
import { ask, copy, missing, serve, site } from "../lib/campaign.mjs";

const skip = missing || noBrowser;
const LANGS = ["fa", "en"];

/** Latin digits of a figure in any script. */
const figure = (text) =>
  Number(text.replace(/[٠-٩]/g, (d) => d.charCodeAt(0) - 0x660).replace(/[۰-۹]/g, (d) => d.charCodeAt(0) - 0x6f0).replace(/\D/g, ""));

/** One page of every kind, relative to the site. */
function pages(lang) {
  const all = readdirSync(join(site, lang)).filter((name) => name.endsWith(".html"));
  const messages = readdirSync(join(site, lang, "m")).filter((name) => name.endsWith(".html"));
  return [...all, `m/${messages[0]}`].map((name) => `${lang}/${name}`);
}

describe("site", { skip }, () => {
  let browser;
  before(async () => (browser = await launch()));
  after(() => browser?.close());

  const home = async (t, way, root = site) => (way === "file" ? pathToFileURL(root).href : serve(t, "serve", root));

  for (const way of ["file", "http"]) {
    for (const script of [true, false]) {
      for (const lang of LANGS) {
        test(`${way}, ${script ? "with" : "without"} script, ${lang}: every page stands and asks nobody`, async (t) => {
          const base = await home(t, way);
          const { page, seen } = await open(t, browser, base, { script, lang });
          for (const name of pages(lang)) {
            await page.goto(`${base}/${name}`);
            assert.equal(await page.getAttribute("html", "lang"), lang, name);
            assert.equal(await page.getAttribute("html", "dir"), lang === "fa" ? "rtl" : "ltr", name);
            assert.ok((await page.locator("h1").innerText()).trim(), `${name} has a heading`);
            for (const image of await page.locator("img:not([loading=lazy])").all()) {
              assert.ok(await image.evaluate((i) => i.complete && i.naturalWidth > 0), `${name} shows its pictures`);
            }
          }
          assert.deepEqual(seen, { foreign: [], errors: [] });
        });
      }
    }

    for (const lang of LANGS) {
      test(`${way}, ${lang}: film and a message play`, async (t) => {
        const base = await home(t, way);
        const { page, seen } = await open(t, browser, base, { lang });
        await page.goto(`${base}/${lang}/index.html`);
        assert.equal(await plays(page.locator(".film video")), "1280x720");
        await page.goto(`${base}/${pages(lang).at(-1)}`);
        assert.equal(await plays(page.locator("video")), "1280x720");
        assert.deepEqual(seen, { foreign: [], errors: [] });
      });

      test(`${way}, ${lang}: the verify page recounts what the command recounts`, async (t) => {
        const base = await home(t, way);
        const { page, seen } = await open(t, browser, base, { lang });
        await page.goto(`${base}/${lang}/verify.html`);
        await page.locator("[data-start]").click();
        await page.locator("[data-state].good").waitFor();
        const net = figure(await page.locator('[data-figure="net"]').innerText());
        assert.equal(net, ask("tally", "verify", site).count.net);
        assert.deepEqual(seen, { foreign: [], errors: [] });
      });
    }

    test(`${way}: the verify page refuses a log with one changed bit`, async (t) => {
      const root = copy(t, site);
      const tags = join(root, "log/checkpoint");
      const bytes = readFileSync(tags);
      bytes[bytes.indexOf("\n") + 1] ^= 1;
      writeFileSync(tags, bytes);
      for (const shard of readdirSync(join(root, "log"), { recursive: true }).filter((name) => name.endsWith(".js"))) {
        const path = join(root, "log", shard);
        const text = readFileSync(path, "utf8");
        // The same bit in the copy that pages opened from a folder read.
        const encoded = readFileSync(join(site, "log/checkpoint")).toString("base64");
        if (text.includes(encoded)) writeFileSync(path, text.replace(encoded, bytes.toString("base64")));
      }
      const base = await home(t, way, root);
      const { page } = await open(t, browser, base);
      await page.goto(`${base}/en/verify.html`);
      await page.locator("[data-start]").click();
      await page.locator("[data-state].bad").waitFor();
    });
  }

  for (const lang of LANGS) {
    for (const phone of [false, true]) {
      test(`${lang}, ${phone ? "phone" : "desk"}: no breach of WCAG 2.2 AA and nothing wider than the window`, async (t) => {
        const base = await home(t, "file");
        const { page } = await open(t, browser, base, { lang, phone });
        for (const name of pages(lang)) {
          await page.goto(`${base}/${name}`);
          assert.deepEqual(await breaches(page), [], name);
          assert.equal(await overflows(page), false, `${name} is too wide`);
        }
      });
    }
  }

  test("the first page leads to a language without script", async (t) => {
    const base = await home(t, "file");
    const { page } = await open(t, browser, base, { script: false });
    await page.goto(`${base}/index.html`);
    await page.locator('a[hreflang="fa"], a[lang="fa"]').first().click();
    assert.equal(await page.getAttribute("html", "dir"), "rtl");
  });
});
