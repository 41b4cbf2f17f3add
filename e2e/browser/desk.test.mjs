// The desk in a browser: a person accepts, holds and rejects with three keys.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { breaches, launch, noBrowser, open } from "../lib/browser.mjs";
import { ask, bin, copy, demo, line, missing, serve } from "../lib/campaign.mjs";

/** A campaign with three messages that wait for a decision. */
async function waiting(t) {
  const skipped = ["clips", "film", "wall", "site", "logs", "outbox", "supporters"];
  const dir = copy(t, demo, (path) => path === demo || !skipped.some((name) => path.startsWith(join(demo, name))));
  const intake = await serve(t, "intake", "--dir", dir);
  const clips = readdirSync(join(demo, "clips")).filter((name) => /^[^.].*\.(mp4|MOV)$/.test(name)).slice(0, 3);
  for (const clip of clips) {
    const sealed = join(dir, `${basename(clip)}.sealed`);
    const choices = ["--picture", "show", "--voice", "keep", "--lang", "fa", "--place", "telva"];
    ask("seal", join(demo, "clips", clip), "--keyset", join(dir, "keyset.json"), "--output", sealed, ...choices);
    ask("send", sealed, intake);
  }
  execFileSync(bin, ["worker", "--dir", dir, "--intake", intake, "--until-idle", "--quiet"], { stdio: "ignore" });
  return dir;
}

describe("desk", { skip: missing || noBrowser }, () => {
  let browser;
  before(async () => (browser = await launch()));
  after(() => browser?.close());

  test("three waiting messages are accepted, held and rejected by keyboard", async (t) => {
    const dir = await waiting(t);
    const before = ask("status", "--dir", dir).messages;
    assert.equal(before.prepared, 3);
    const base = await serve(t, "desk", "--dir", dir);
    const { page, seen } = await open(t, browser, base);
    await page.goto(base);
    assert.deepEqual(await breaches(page), [], "the door");
    await page.fill("input[name=name]", "R. Viewer");
    await page.fill("input[name=key]", line(dir, "keys/desk.login"));
    await page.keyboard.press("Enter");
    await page.locator(".queue").waitFor();
    for (const key of ["a", "h", "r"]) {
      await page.goto(base);
      await page.locator(".queue .item").first().click();
      assert.equal(await page.locator("video").count(), 1);
      assert.deepEqual(await breaches(page), [], `before ${key}`);
      await page.keyboard.press(key);
      await page.waitForURL(/[?&]done=/);
      await page.locator("[role=status]").waitFor();
    }
    const now = ask("status", "--dir", dir).messages;
    const more = (state) => (now[state] ?? 0) - (before[state] ?? 0);
    assert.deepEqual([more("accepted"), more("held"), more("rejected"), now.prepared ?? 0], [1, 1, 1, 0]);
    assert.deepEqual(seen, { foreign: [], errors: [] });
  });

  test("without the key nothing is shown", async (t) => {
    const dir = copy(t, demo, (path) => path === demo || !/\/(clips|film|wall|site|logs)/.test(path.slice(demo.length)));
    const base = await serve(t, "desk", "--dir", dir);
    const { page } = await open(t, browser, base);
    await page.goto(base);
    await page.fill("input[name=name]", "R. Viewer");
    await page.fill("input[name=key]", "not the key");
    await page.keyboard.press("Enter");
    await page.locator("[role=alert]").waitFor();
    assert.equal(await page.locator(".queue").count(), 0);
  });
});
