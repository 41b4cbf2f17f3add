// Seeing a message unprotected, as a reviewer does: the reason, the wait, the clip, and that nothing of it stays.

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { breaches, launch, noBrowser, open, overflows, plays } from "../lib/browser.mjs";
import { ask, bin, copy, demo, line, missing, serve } from "../lib/campaign.mjs";

/** A campaign with one message whose sender wants to be hidden, and the address of its intake. */
async function hidden(t) {
  const skipped = ["clips", "film", "wall", "site", "logs", "outbox", "supporters"];
  const dir = copy(t, demo, (path) => path === demo || !skipped.some((name) => path.startsWith(join(demo, name))));
  const intake = await serve(t, "intake", "--dir", dir);
  const clip = join(demo, "clips", readdirSync(join(demo, "clips")).find((name) => /^[^.].*\.(mp4|MOV)$/.test(name)));
  const sealed = join(dir, "hidden.sealed");
  const choices = ["--picture", "hide", "--voice", "mute", "--lang", "fa", "--place", "telva"];
  ask("seal", clip, "--keyset", join(dir, "keyset.json"), "--output", sealed, ...choices);
  ask("send", sealed, intake);
  execFileSync(bin, ["worker", "--dir", dir, "--intake", intake, "--until-idle", "--quiet"], { stdio: "ignore" });
  return { dir, intake };
}

/** A worker that stays, once it can be asked. */
async function worker(t, { dir, intake }) {
  const child = spawn(bin, ["worker", "--dir", dir, "--intake", intake, "--quiet"], { stdio: "ignore" });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  t.after(async () => {
    child.kill("SIGTERM");
    await ended;
  });
  const open = () => existsSync(join(dir, "hatch")) && readdirSync(join(dir, "hatch")).some((name) => name.endsWith(".sock"));
  while (!open()) await pause(50);
}

async function enter(page, base, dir) {
  await page.goto(base);
  await page.fill("input[name=name]", "R. Viewer");
  await page.fill("input[name=key]", line(dir, "keys/desk.login"));
  await page.locator("form .main").click();
  await page.locator(".queue .item").first().click();
}

/** Asks for the message on the page. */
async function askFor(page, reason, words = "") {
  await page.locator("#original summary").click();
  await page.selectOption("#original select", reason);
  await page.fill("#original textarea", words);
  await page.locator("#original button").click();
}

describe("an original", { skip: missing || noBrowser }, () => {
  let browser;
  before(async () => (browser = await launch()));
  after(() => browser?.close());

  for (const [how, options] of [
    ["with script", { lang: "en" }],
    ["without script, in Persian, on a phone", { lang: "fa", script: false, phone: true }],
  ]) {
    test(`is shown to a reviewer who says why, ${how}`, async (t) => {
      const campaign = await hidden(t);
      const base = await serve(t, "desk", "--dir", campaign.dir);
      const { page, seen } = await open(t, browser, base, options);
      await enter(page, base, campaign.dir);
      // Somebody has to open it, and the desk can't.
      await askFor(page, "protection");
      await page.locator("[role=alert]").waitFor();
      assert.match(await page.locator("[role=alert]").innerText(), /hamseda worker/);
      seen.errors.length = 0; // the browser's own line about the 503

      await worker(t, campaign);
      await page.goto(base);
      await page.locator(".queue .item").first().click();
      await askFor(page, "other", "The mask slips.");
      const player = page.locator("video.player");
      await player.waitFor();
      if (options.script === false) {
        await page.waitForFunction((video) => video.readyState >= 2, await player.elementHandle());
      } else {
        assert.equal(await plays(player), "960x540");
        assert.deepEqual(await breaches(page), []);
      }
      assert.equal(await overflows(page), false);
      const clip = await player.evaluate((video) => video.src);
      const asked = async () => (await page.request.get(clip, { maxRedirects: 0 })).status();
      assert.equal(await asked(), 200);
      if (process.env.HAMSEDA_PICTURES) {
        await page.screenshot({ path: join(process.env.HAMSEDA_PICTURES, `original-${options.lang}.png`), fullPage: true });
      }
      if (options.script === false) await page.locator(".original .main").click();
      else {
        // Closing the page is enough.
        await page.goto("about:blank");
        while ((await asked()) === 200) await pause(20);
        await page.goto(base);
        await page.locator(".queue .item").first().click();
      }
      assert.equal(await asked(), 404);
      assert.match(await page.locator("#seen").innerText(), /R\. Viewer[^]*The mask slips/);
      await page.locator("#made summary").click();
      if (process.env.HAMSEDA_PICTURES) {
        await page.screenshot({ path: join(process.env.HAMSEDA_PICTURES, `message-${options.lang}.png`), fullPage: true });
      }
      assert.equal(await overflows(page), false);
      if (options.script !== false) assert.deepEqual(await breaches(page), []);
      assert.deepEqual(seen.foreign.filter((url) => url !== "about:blank"), []);
    });
  }
});
