// Debian's chromium, driven by playwright-core, with everything off that would talk to anybody.

import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const executablePath = process.env.CHROMIUM ?? ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find(existsSync);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const FLAGS = [
  "--no-sandbox", // tests run as root in containers; only our own pages are opened
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--autoplay-policy=no-user-gesture-required",
];

/** Why browser tests can't run here, or false. */
export const noBrowser = executablePath ? false : "chromium is not installed; run cargo xtask setup --tests";

/** A browser for one test file, with more flags where it needs some. */
export const launch = (...more) => chromium.launch({ executablePath, headless: true, args: [...FLAGS, ...more] });

/** A page that notes every request that leaves `home`, every error, and ends with the test. */
export async function open(t, browser, home, { script = true, lang = "en", phone = false } = {}) {
  const context = await browser.newContext({
    javaScriptEnabled: script,
    locale: lang,
    viewport: phone ? { width: 360, height: 740 } : { width: 1280, height: 900 },
    serviceWorkers: "block",
  });
  t.after(() => context.close());
  const page = await context.newPage();
  const seen = { foreign: [], errors: [] };
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(home) && !url.startsWith("data:") && !url.startsWith("blob:")) seen.foreign.push(url);
  });
  page.on("pageerror", (error) => seen.errors.push(String(error)));
  page.on("console", (message) => {
    // Browsers ask for this on their own where a page names no icon.
    if (message.location().url.endsWith("/favicon.ico")) return;
    if (message.type() === "error") seen.errors.push(`${message.text()} ${message.location().url}`);
  });
  return { page, seen };
}

/** Breaches of WCAG 2.2 A and AA, one readable line each. */
export async function breaches(page) {
  // Evaluated from outside: the pages' own policy allows no foreign script, and stays as it is.
  await page.evaluate(axe);
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
  const { violations } = await page.evaluate((values) => globalThis.axe.run(document, { runOnly: { type: "tag", values } }), tags);
  return violations.flatMap((v) => v.nodes.map((node) => `${v.id}: ${node.target.join(" ")}: ${node.failureSummary}`));
}

/** Whether the page is wider than its window. */
export const overflows = (page) => page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth + 1);

/** Plays a player until its time has moved. */
export async function plays(player) {
  await player.evaluate(async (video) => {
    video.muted = true;
    await video.play();
  });
  const page = player.page();
  await page.waitForFunction((video) => video.currentTime > 0.3, await player.elementHandle(), { timeout: 20_000 });
  const { width, height } = await player.evaluate((v) => ({ width: v.videoWidth, height: v.videoHeight }));
  return `${width}x${height}`;
}
