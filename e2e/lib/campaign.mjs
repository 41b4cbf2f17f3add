// The campaign that `cargo xtask test` made, the program that made it, and servers of it.
//
// HAMSEDA_BIN is the program, HAMSEDA_DEMO the folder. Without them the tests that need them say so and are skipped.

import { execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

export const bin = process.env.HAMSEDA_BIN ?? "";
export const demo = process.env.HAMSEDA_DEMO ?? "";
export const site = join(demo, "site");

/** Why tests of the campaign can't run here, or false. */
export const missing = !existsSync(bin)
  ? "HAMSEDA_BIN names no program; run cargo xtask test e2e"
  : !existsSync(join(site, "index.html"))
    ? "HAMSEDA_DEMO holds no site; run cargo xtask test e2e"
    : false;

/** Runs the program and reads the JSON of its last line. */
export function ask(...args) {
  const out = execFileSync(bin, [...args, "--json"], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  return JSON.parse(out.trimEnd().split("\n").at(-1));
}

/** A copy of something in a folder of its own, removed at the end of the test. */
export function copy(t, path, what = () => true) {
  const folder = mkdtempSync(join(tmpdir(), "hamseda-e2e-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const target = join(folder, "copy");
  cpSync(path, target, { recursive: true, filter: what });
  return target;
}

/** Starts a server of the program; gives its address once it listens. It ends with the test. */
export async function serve(t, ...args) {
  const child = spawn(bin, [...args, "--listen", "127.0.0.1:0"], { stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  let said = "";
  child.stderr.on("data", (chunk) => (said += chunk));
  t.after(async () => {
    child.kill("SIGTERM");
    await ended;
  });
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith("listening ")) return line.slice("listening ".length).replace(/\/$/, "");
  }
  throw new Error(`hamseda ${args.join(" ")} ended before it listened:\n${said}`);
}

/** First line of a file of the campaign folder. */
export const line = (dir, file) => readFileSync(join(dir, file), "utf8").split("\n")[0];
