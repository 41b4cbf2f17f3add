// The road without script: the offline sealer cuts, a plain form takes the parts in any order.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { launch, noBrowser, open } from "../lib/browser.mjs";
import { missing, serve } from "../lib/campaign.mjs";
import * as s from "../lib/sending.mjs";

const MIB = 1024 * 1024;

describe("parts", { skip: missing || noBrowser }, () => {
  let browser;
  before(async () => (browser = await launch()));
  after(() => browser?.close());

  /** Seals 14 MiB in the offline sealer; gives the saved parts. */
  async function parts(t, base) {
    const { page } = await s.sealer(t, browser, base);
    await page.locator("button.opt").first().click();
    await s.decide(page, s.opaque(t, 14 * MIB), { road: "parts" });
    await s.seal(page);
    await s.asItIs(page);
    const buttons = page.locator(".parts button.plain");
    await buttons.first().waitFor();
    const files = [];
    for (let i = 0; i < (await buttons.count()); i += 1) files.push(await s.saved(t, page, () => buttons.nth(i).click()));
    await page.close();
    return files;
  }

  for (const lang of ["fa", "en"]) {
    test(`${lang}: parts in any order, missing ones listed, with scripts off`, async (t) => {
      const base = await serve(t, "intake", "--dir", s.intakeFolder(t));
      const files = await parts(t, base);
      assert.equal(files.length, 3);
      const { page, seen } = await open(t, browser, base, { script: false, lang });
      const hand = async (...some) => {
        await page.setInputFiles("input[type=file]", some);
        await page.click("form button");
      };
      await page.goto(`${base}/${lang}/parts`);
      await hand(files[2]);
      assert.equal(await page.locator("ul.missing li").count(), 2);
      await hand(files[0]);
      assert.equal(await page.locator("ul.missing li").count(), 1);
      const number = lang === "fa" ? "۲" : "2";
      assert.match(await page.locator("ul.missing li").innerText(), new RegExp(number));
      assert.deepEqual(await s.waiting(base), [], "half a message is no message");
      await hand(files[2], files[1]);
      await page.locator(".lead.good").waitFor();
      assert.equal(await page.locator("ul.missing").count(), 0);
      assert.equal(s.unseal(t, await s.arrived(base)).clip.length, 14 * MIB);
      assert.deepEqual(seen, { foreign: [], errors: [] });
    });
  }

  test("a bare clip is refused with help", async (t) => {
    const base = await serve(t, "intake", "--dir", s.intakeFolder(t));
    const { page } = await open(t, browser, base, { script: false });
    await page.goto(`${base}/en/parts`);
    await page.setInputFiles("input[type=file]", s.clip());
    const [answer] = await Promise.all([page.waitForResponse((r) => r.request().method() === "POST"), page.click("form button")]);
    assert.equal(answer.status(), 415);
    assert.match(await page.locator("h1").innerText(), /not sealed/);
    assert.equal(await page.locator("main a.btn").getAttribute("href"), "/en/parts#sealer");
    assert.deepEqual(await s.waiting(base), []);
  });

  test("every page of this road is accessible", async (t) => {
    const base = await serve(t, "intake", "--dir", s.intakeFolder(t));
    for (const lang of ["fa", "ar", "en"]) {
      const { page } = await open(t, browser, base, { lang });
      await page.goto(`${base}/${lang}/parts`);
      await s.accessible(page, `${lang} the form`);
      await page.setInputFiles("input[type=file]", s.clip());
      await page.click("form button");
      await page.locator("main a.btn").waitFor();
      await s.accessible(page, `${lang} the refusal`);
      await page.context().close();
    }
  });
});
