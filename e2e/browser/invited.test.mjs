// An invite on the road without script: from the issuer's key through a circle's sheet into the plain form.

import assert from "node:assert/strict";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { launch, noBrowser, open } from "../lib/browser.mjs";
import { line, missing, serve } from "../lib/campaign.mjs";
import { folder, hamseda } from "../lib/sending.mjs";

describe("an invite in the plain form", { skip: missing || noBrowser }, () => {
  let browser;
  before(async () => (browser = await launch()));
  after(() => browser?.close());

  /** A campaign of its own with an issuer, what its public machine holds, and a circle's links. */
  function campaign(t) {
    const at = folder(t);
    const [dir, intake] = [join(at, "campaign"), join(at, "intake")];
    hamseda("init", dir, "--trial");
    hamseda("circle", "issuer", "--name", "North", "--dir", dir);
    const file = join(dir, "campaign.toml");
    const [request, secrets, answer, links] = ["request", "secrets", "answer", "links"].map((name) => join(at, name));
    hamseda("circle", "new", "--circle", "garden", "--count", "2", "--campaign", file, "-o", request, "--secrets", secrets);
    hamseda("circle", "issue", request, "--dir", dir, "-o", answer);
    const sheet = ["--lang", "en", "--address", "http://example.onion/", "--campaign", file];
    hamseda("circle", "sheet", answer, ...sheet, "--secrets", secrets, "-o", join(at, "sheet.html"), "--links", links);
    mkdirSync(intake);
    for (const name of ["campaign.toml", "keyset.json", "intake.toml"]) cpSync(join(dir, name), join(intake, name));
    const seal = (name) => {
      const [clip, sealed] = [join(at, `${name}.mp4`), join(at, name)];
      writeFileSync(clip, "not a clip: nothing has to be prepared");
      const choices = ["--picture", "hide", "--voice", "mute", "--lang", "en"];
      hamseda("seal", clip, "--keyset", join(dir, "keyset.json"), "--output", sealed, ...choices);
      return sealed;
    };
    return { dir, intake, links: readFileSync(links, "utf8").trim().split("\n"), seal };
  }

  test("a good invite is counted once, and every answer is the same", async (t) => {
    const { dir, intake, links, seal } = campaign(t);
    const base = await serve(t, "intake", "--dir", intake);
    const { page, seen } = await open(t, browser, base, { script: false });
    const answers = [];
    for (const [name, invite] of [["one", links[0]], ["two", links[0]], ["three", "nonsense"], ["four", ""]]) {
      await page.goto(`${base}/en/parts`);
      await page.fill("input[name=token]", invite);
      await page.setInputFiles("input[type=file]", seal(name));
      await page.click("form button");
      await page.locator(".lead.good").waitFor();
      answers.push(await page.locator("main").innerText());
    }
    assert.deepEqual(new Set(answers).size, 1, "good, spent, bad or none: one answer");
    const headers = { authorization: `Bearer ${line(dir, "keys/pull.token")}` };
    const list = await (await fetch(`${base}/pull/v1/list`, { headers })).json();
    const tokens = list.map(({ token }) => token).filter(Boolean);
    assert.equal(list.length, 4);
    // The desk is told of a good one also when it comes again, and counts it once.
    assert.deepEqual([tokens.length, new Set(tokens).size], [2, 1]);
    assert.deepEqual(seen, { foreign: [], errors: [] });
  });
});
