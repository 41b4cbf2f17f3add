// Sending in a browser, clicked like a person: from the clip to the receipt, over lines that break.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { after, before, describe, test } from "node:test";
import { breaches, launch, noBrowser, open } from "../lib/browser.mjs";
import { missing, serve } from "../lib/campaign.mjs";
import * as s from "../lib/sending.mjs";

const MIB = 1024 * 1024;
const WISHES = {
  picture: "mask",
  voice: "alter",
  place: { value: "province" },
  name: { value: "pseudonym", text: "دریا" },
  uses: "show",
  code: "draw",
};

describe("sending", { skip: missing || noBrowser }, () => {
  let browser;
  before(async () => (browser = await launch("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")));
  after(() => browser?.close());

  const start = async (t, options = {}) => {
    const base = await serve(t, "intake", "--dir", s.intakeFolder(t));
    return { base, ...(await open(t, browser, base, options)) };
  };
  /** A province of the campaign. */
  const province = (page) => page.evaluate(() => JSON.parse(document.querySelector("#facts").content.textContent).places.find((p) => !p.town)?.id);

  for (const lang of ["fa", "ar", "en"]) {
    test(`${lang}: a clip is picked, decided about, sealed, sent, and opens at the desk`, async (t) => {
      const { base, page, seen } = await start(t, { lang });
      await page.goto(`${base}/${lang}/send`);
      const place = await province(page);
      const wishes = { ...WISHES, place: { value: "province", place } };
      await s.decide(page, s.clip(), wishes, (name) => s.accessible(page, name));
      await s.seal(page);
      await page.locator(".sending.arrived").waitFor();
      await s.accessible(page, "the end");
      assert.equal((await s.words(page)).length, 4, "a receipt has four words");
      assert.equal((await s.words(page, 1)).length, 10, "a code has ten words");
      const { choices, clip } = s.unseal(t, await s.arrived(base));
      assert.deepEqual(choices, {
        picture: "mask", voice: "alter", lang, place, pseudonym: "دریا",
        uses: { film: true, wall: true, count: true, testimony: false },
      });
      assert.ok(clip.length > 10_000, "the clip is inside");
      await page.locator(".end button").click();
      // Words are shown once: they go when everything is wiped.
      await page.locator("ol.words").first().waitFor({ state: "detached" });
      assert.equal(await page.locator("ol.words").count(), 0);
      assert.deepEqual(await s.stored(page), s.NOTHING);
      assert.deepEqual(seen, { foreign: [], errors: [] });
    });
  }

  test("who only presses on is hidden, silent, without place, name or code, and counted only", async (t) => {
    const { base, page } = await start(t);
    await page.goto(`${base}/en/send`);
    await s.decide(page, s.clip());
    await s.seal(page);
    await page.locator(".sending.arrived").waitFor();
    assert.equal(await page.locator("ol.words").count(), 1, "a receipt and no code");
    assert.deepEqual(s.unseal(t, await s.arrived(base)).choices, {
      picture: "hide", voice: "mute", lang: "en", place: null, pseudonym: null,
      uses: { film: false, wall: false, count: true, testimony: false },
    });
  });

  test("a recording is sealed while it is made", async (t) => {
    const { base, page, seen } = await start(t);
    await page.goto(`${base}/en/send`);
    await page.locator("button.opt").click();
    await page.locator("button:has-text('Start')").click();
    await s.accessible(page, "recording");
    await page.waitForFunction(() => /0:(0[2-9]|[1-5]\d)/.test(document.querySelector(".clock").textContent));
    await page.locator("button.stop").click();
    await page.locator("#app button:not(.plain)").click();
    for (const name of ["picture", "voice", "place", "name", "uses", "code", "road"]) {
      await page.locator(`input[name=${name}]`).first().waitFor();
      await s.next(page);
    }
    await s.seal(page);
    await page.locator(".sending.arrived").waitFor();
    const { clip } = s.unseal(t, await s.arrived(base));
    assert.equal(clip.subarray(0, 4).toString("hex"), "1a45dfa3", "a WebM file");
    assert.deepEqual(seen, { foreign: [], errors: [] });
  });

  test("a line that breaks: what arrived is said, and only the rest is sent again", async (t) => {
    const base = await serve(t, "intake", "--dir", s.intakeFolder(t));
    const line = await s.lineTo(t, base);
    const { page } = await open(t, browser, line.url);
    await page.goto(`${line.url}/en/send`);
    await s.decide(page, s.opaque(t, 20 * MIB));
    line.breakAfter(12 * MIB);
    await s.seal(page);
    assert.deepEqual(await breaches(page), []);
    await s.asItIs(page);
    await page.locator(".sending .big:has-text('The line is cut')").waitFor();
    const before = line.carried();
    line.mend();
    await page.locator(".sending.arrived").waitFor();
    assert.ok(line.carried() - before < 18 * MIB, `what was safe was sent again: ${line.carried() - before}`);
    assert.equal(s.unseal(t, await s.arrived(base)).clip.length, 20 * MIB);
  });

  test("after the tab is closed the saved sealed file goes on where it was cut", async (t) => {
    const base = await serve(t, "intake", "--dir", s.intakeFolder(t));
    const line = await s.lineTo(t, base);
    const { page } = await open(t, browser, line.url);
    await page.goto(`${line.url}/en/send`);
    await s.decide(page, s.opaque(t, 20 * MIB));
    line.breakAfter(12 * MIB);
    await s.seal(page);
    await s.asItIs(page);
    await page.locator(".sending .big:has-text('The line is cut')").waitFor();
    const file = await s.saved(t, page, () => page.locator(".meanwhile > button").first().click());
    assert.match(basename(file), /^[a-z2-7]+$/, "a name that says nothing");
    await page.close();

    line.mend();
    const before = line.carried();
    const again = await open(t, browser, line.url);
    await again.page.goto(`${line.url}/en/send`);
    assert.deepEqual(await s.stored(again.page), s.NOTHING, "the closed tab left nothing");
    await again.page.setInputFiles("#app input[type=file]", file);
    await again.page.locator(".chosen button").click();
    await again.page.locator(".sending.arrived").waitFor();
    assert.ok(line.carried() - before < 18 * MIB, "what was safe was sent again");
    assert.ok((await s.arrived(base)).equals(readFileSync(file)), "what arrived is the saved file");
  });

  test("who asks for it finds the sealed rest again", async (t) => {
    const base = await serve(t, "intake", "--dir", s.intakeFolder(t));
    const line = await s.lineTo(t, base);
    const { page } = await open(t, browser, line.url);
    await page.goto(`${line.url}/en/send`);
    await s.decide(page, s.opaque(t, 20 * MIB));
    line.breakAfter(12 * MIB);
    await s.seal(page);
    await s.asItIs(page);
    await page.locator(".sending .big:has-text('The line is cut')").waitFor();
    await page.locator(".meanwhile summary").click();
    await page.locator(".meanwhile .fold button").click();
    await page.locator("#app > div .good").waitFor();
    line.mend();
    await page.goto(`${line.url}/en/send`);
    await page.locator(".card button:not(.plain)").click();
    await page.locator(".sending.arrived").waitFor();
    await page.locator(".end button").click();
    await page.locator(".end button").waitFor({ state: "detached" });
    assert.deepEqual(await s.stored(page), s.NOTHING);
    assert.equal(s.unseal(t, await s.arrived(base)).clip.length, 20 * MIB);
  });

  test("the way out empties page and storage at once", async (t) => {
    const base = await serve(t, "intake", "--dir", s.intakeFolder(t));
    const line = await s.lineTo(t, base);
    const { page } = await open(t, browser, line.url);
    await page.route("https://www.wikipedia.org/**", (route) => route.fulfill({ body: "elsewhere" }));
    await page.goto(`${line.url}/en/send`);
    await s.decide(page, s.opaque(t, 12 * MIB));
    line.breakAfter(5 * MIB);
    await s.seal(page);
    await s.asItIs(page);
    await page.locator("ol.words").first().waitFor();
    await page.locator("a.exit").click();
    await page.waitForURL("https://www.wikipedia.org/");
    line.mend();
    await page.goto(`${line.url}/keyset`);
    assert.deepEqual(await s.stored(page), s.NOTHING);
  });

  test("a key set that is changed or has run out is refused, and nothing else is offered", async (t) => {
    const { base, page } = await start(t);
    await page.route("**/keyset", async (route) => {
      const text = await (await route.fetch()).text();
      await route.fulfill({ body: text.replace(/"epoch":\d+/, '"epoch":77'), contentType: "application/json" });
    });
    await page.goto(`${base}/en/send`);
    await page.locator("#app [role=alert]").waitFor();
    assert.equal(await page.locator("#app form, #app button").count(), 0);
    assert.match(await page.locator("#app").innerText(), /not signed by the campaign/);
    assert.deepEqual(await breaches(page), []);

    await page.unroute("**/keyset");
    await page.clock.setFixedTime(new Date("2199-01-01T00:00:00Z"));
    await page.goto(`${base}/en/send`);
    await page.locator("#app [role=alert]").waitFor();
    assert.match(await page.locator("#app").innerText(), /has run out/);
    assert.equal(await page.locator("#app form").count(), 0);
  });

  test("an invitation leaves the address bar and comes along", async (t) => {
    const { base, page } = await start(t);
    await page.goto(`${base}/en/send#t=abc_-123`);
    await page.locator("#app form").waitFor();
    assert.equal(page.url(), `${base}/en/send`);
    await s.decide(page, s.clip());
    const [request] = await Promise.all([page.waitForRequest((r) => r.method() === "POST" && r.url().endsWith("/upload")), s.seal(page)]);
    assert.equal(await request.headerValue("hamseda-token"), "abc_-123");
    await page.locator(".sending.arrived").waitFor();
  });

  test("without script the page says so and leads to the road that needs none", async (t) => {
    for (const lang of ["fa", "en"]) {
      const { base, page, seen } = await start(t, { script: false, lang });
      await page.goto(`${base}/${lang}/send`);
      await page.locator("main a.btn").click();
      assert.equal(page.url(), `${base}/${lang}/parts`);
      assert.equal(await page.locator("form[enctype='multipart/form-data'] input[type=file]").count(), 1);
      assert.deepEqual(seen, { foreign: [], errors: [] });
    }
  });
});
