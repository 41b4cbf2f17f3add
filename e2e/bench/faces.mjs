// A face recogniser as attacker. It knows each person from one clip with a bare face, and is shown covered heads of the same
// people from other clips: node faces.mjs MODULES WORK prints one JSON object a line.
// A second attacker learns from covered heads.

import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const [modules, work] = process.argv.slice(2);
const require = createRequire(join(modules, "node_modules", "x.js"));
const wasm = require("@tensorflow/tfjs-backend-wasm");
wasm.setWasmPaths(join(modules, "node_modules/@tensorflow/tfjs-backend-wasm/dist/"));
const face = require("@vladmandic/face-api/dist/face-api.node-wasm.js");
await face.tf.setBackend("wasm");
await face.tf.ready();
const net = face.nets.faceRecognitionNet;
await net.loadFromDisk(join(modules, "node_modules/@vladmandic/face-api/model"));

const who = JSON.parse(readFileSync(join(work, "who.json"), "utf8"));

/** Binary PPM of 150 x 150. */
async function describe(name) {
  const bytes = readFileSync(join(work, name));
  const pixels = face.tf.tensor3d(new Uint8Array(bytes.subarray(bytes.length - 150 * 150 * 3)), [150, 150, 3], "int32");
  const found = await net.computeFaceDescriptor(pixels);
  pixels.dispose();
  return found;
}

const heads = [];
for (const name of readdirSync(work).filter((n) => n.endsWith(".ppm")).sort()) {
  const [, kind, clip] = /^(bare|covered)-(.*)-\d+\.ppm$/.exec(name);
  const person = Object.keys(who).find((p) => who[p].includes(clip));
  heads.push({ kind, clip, person, known: who[person][0] === clip, face: await describe(name) });
}

const distance = (a, b) => Math.hypot(...a.map((v, i) => v - b[i]));

/** Share of heads whose nearest known one is the same person's, the mean over persons: chance is 1 / persons. */
function rank1(learnt, shown) {
  const known = heads.filter((h) => h.known && h.kind === learnt);
  const shares = Object.keys(who).map((person) => {
    const asked = heads.filter((h) => !h.known && h.kind === shown && h.person === person);
    const right = asked.filter((h) => {
      const nearest = known.reduce((best, k) => (distance(k.face, h.face) < distance(best.face, h.face) ? k : best));
      return nearest.person === person;
    });
    return right.length / asked.length;
  });
  return shares.reduce((a, b) => a + b) / shares.length;
}

for (const [learnt, shown] of [["bare", "bare"], ["bare", "covered"], ["covered", "covered"]]) {
  const asked = heads.filter((h) => !h.known && h.kind === shown).length;
  console.log(JSON.stringify({ by: "face-api", learnt, shown, asked, people: Object.keys(who).length, chance: 1 / Object.keys(who).length, rank1: rank1(learnt, shown) }));
}
