// The sending pages in every language: complete, readable on a phone and a desktop, without a breach of WCAG 2.2 A or AA,
// written the way the language is written. HAMSEDA_SHOTS names a folder for pictures to look at.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { breaches, launch, noBrowser, open, overflows } from "../lib/browser.mjs";
import { missing, serve } from "../lib/campaign.mjs";
import * as s from "../lib/sending.mjs";

const shots = process.env.HAMSEDA_SHOTS;
if (shots) mkdirSync(shots, { recursive: true });

/** A language, its direction, the ninth of March as it writes it, and what stands for a receipt. */
const LANGUAGES = {
  fa: { dir: "rtl", day: "۹ مارس ۲۱۲۶", receipt: /^[آ-ی]+$/ },
  ar: { dir: "rtl", day: "٩ مارس ٢١٢٦", receipt: /^[ء-ي]+$/ },
  en: { dir: "ltr", day: "9 March 2126", receipt: /^[a-z]+$/ },
  fr: { dir: "ltr", day: "9 mars 2126", receipt: /^\d{2,4}$/ },
  de: { dir: "ltr", day: "9. März 2126", receipt: /^\d{2,4}$/ },
  es: { dir: "ltr", day: "9 de marzo de 2126", receipt: /^\d{2,4}$/ },
  ku: { dir: "ltr", day: "9 Adar 2126", receipt: /^\d{2,4}$/ },
  tr: { dir: "ltr", day: "9 Mart 2126", receipt: /^\d{2,4}$/ },
};
const CODES = Object.keys(LANGUAGES);
const SIZES = { phone: { width: 360, height: 740 }, desktop: { width: 1280, height: 900 } };

/** The public machine's folder, for a campaign that speaks all of them and ends on that day. */
function everyLanguage(t) {
  const dir = s.intakeFolder(t);
  const file = join(dir, "campaign.toml");
  const said = readFileSync(file, "utf8");
  const lacking = CODES.filter((code) => !new RegExp(`^slogan = .*\\b${code} = `, "m").test(said));
  const slogans = lacking.map((code) => `, ${code} = "${code} – Orvana"`).join("");
  const edited = said
    .replace(/^languages = .*$/m, `languages = ${JSON.stringify(CODES)}`)
    .replace(/^(slogan = \{.*?) ?\}$/m, (_, start) => `${start}${slogans} }`)
    .replace(/^closes = .*$/m, 'closes = "2126-03-09"');
  assert.notEqual(edited, said);
  writeFileSync(file, edited);
  return dir;
}

/** Checks what is on the screen in both sizes, and keeps a picture where one is wanted. */
async function look(page, name) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    await page.setViewportSize(viewport);
    assert.equal(await overflows(page), false, `${name}: too wide on a ${size}`);
    assert.deepEqual(await breaches(page), [], `${name} on a ${size}`);
    if (shots) await page.screenshot({ path: join(shots, `${name}-${size}.png`), fullPage: true });
  }
  const text = await page.evaluate(() => document.body.innerText);
  assert.doesNotMatch(text, /[{}]|undefined|NaN|\b(app|parts|code|before|way)-[a-z]/, `${name}: a text or an argument is missing`);
}

describe("languages of the sending pages", { skip: missing || noBrowser }, () => {
  let browser;
  before(async () => (browser = await launch()));
  after(() => browser?.close());

  for (const [lang, { dir, day }] of Object.entries(LANGUAGES)) {
    test(`${lang}: every page without script`, async (t) => {
      const base = await serve(t, "intake", "--dir", everyLanguage(t));
      const { page, seen } = await open(t, browser, base, { lang });
      await page.goto(`${base}/`);
      assert.deepEqual([await page.getAttribute("html", "lang"), await page.getAttribute("html", "dir")], [lang, dir]);
      assert.ok((await page.evaluate(() => document.body.innerText)).includes(day), `${day} is written so`);
      await look(page, `${lang}-call`);
      for (const name of ["parts", "code"]) {
        await page.goto(`${base}/${lang}/${name}`);
        assert.equal(await page.getAttribute("html", "lang"), lang);
        await look(page, `${lang}-${name}`);
      }
      assert.deepEqual(seen, { foreign: [], errors: [] });
    });
  }

  // Those that have a word list walk in send.test.mjs too; here only for pictures.
  for (const [lang, { dir, receipt }] of Object.entries(LANGUAGES)) {
    if (["fa", "ar", "en"].includes(lang) && !shots) continue;
    test(`${lang}: from the clip to the receipt`, async (t) => {
      const base = await serve(t, "intake", "--dir", everyLanguage(t));
      const { page, seen } = await open(t, browser, base, { lang, phone: true });
      await page.goto(`${base}/${lang}/send`);
      await s.decide(page, s.clip(), { code: "draw" }, (name) => look(page, `${lang}-send-${name}`));
      await s.seal(page);
      await page.locator(".sending.arrived").waitFor();
      await look(page, `${lang}-send-end`);
      const lists = page.locator("ol.words");
      assert.deepEqual([await lists.count(), await lists.first().getAttribute("dir")], [2, dir]);
      for (const word of await s.words(page)) assert.match(word.trim(), receipt);
      assert.equal((await s.words(page, 1)).length, 10);
      assert.deepEqual(seen, { foreign: [], errors: [] });
    });
  }
});
