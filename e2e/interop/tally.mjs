// Our log through a foreign verifier: npm @sigstore/verify (checkpoint signature, inclusion).
//
//   node tally.mjs VECTORS…    a folder of vectors/tally: log/ and proofs.jsonl
//
// Nothing of Hamseda's own code is used; the entries' framing is read here a second time on purpose.

import { createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(import.meta.url);
const { verifyCheckpoint } = require("@sigstore/verify/dist/tlog/checkpoint.js");
const { verifyMerkleInclusion } = require("@sigstore/verify/dist/tlog/merkle.js");

/** The policy's log key, as sigstore wants it. */
function trusted(folder) {
  const vkey = /^log (\S+)$/m.exec(readFileSync(join(folder, "log/policy"), "utf8"))[1];
  const [name, id, ...material] = vkey.split("+");
  const raw = Buffer.from(material.join("+"), "base64").subarray(1);
  const spki = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), raw]);
  const publicKey = createPublicKey({ key: spki, format: "der", type: "spki" });
  return { logID: Buffer.from(id, "hex"), baseURL: name, publicKey };
}

function entries(folder, size) {
  const all = [];
  for (let n = 0; n * 256 < size; n++) {
    const width = Math.min(256, size - n * 256);
    const name = `log/tile/entries/${String(n).padStart(3, "0")}${width < 256 ? `.p/${width}` : ""}`;
    const bundle = readFileSync(join(folder, name));
    for (let at = 0; at < bundle.length; at += 2 + bundle.readUInt16BE(at)) {
      all.push(bundle.subarray(at + 2, at + 2 + bundle.readUInt16BE(at)));
    }
  }
  return all;
}

function refused(check, what) {
  try {
    check();
  } catch {
    return;
  }
  throw new Error(`${what} was accepted`);
}

for (const folder of process.argv.slice(2)) {
  const log = trusted(folder);
  const envelope = readFileSync(join(folder, "log/checkpoint"), "utf8");
  const checkpoint = verifyCheckpoint({ inclusionProof: { checkpoint: { envelope } } }, [log]);
  const forged = envelope.replace(/\n(\d+)\n/, (_, size) => `\n${Number(size) + 1}\n`);
  refused(() => verifyCheckpoint({ inclusionProof: { checkpoint: { envelope: forged } } }, [log]), "a forged size");

  const leaves = entries(folder, Number(checkpoint.logSize));
  const lines = readFileSync(join(folder, "proofs.jsonl"), "utf8").trim().split("\n").map((line) => JSON.parse(line));
  let proven = 0;
  for (const { index, proof } of lines.filter((line) => "proof" in line)) {
    const [head, ...rest] = proof.split("\n\n");
    if (rest.join("\n\n") !== envelope) throw new Error("the proof carries another checkpoint");
    const hashes = head.split("\n").slice(2).map((hash) => Buffer.from(hash, "base64"));
    const inclusionProof = { logIndex: String(index), hashes };
    verifyMerkleInclusion({ canonicalizedBody: leaves[index], inclusionProof }, checkpoint);
    const other = Buffer.from(leaves[index]);
    other[30] ^= 1;
    refused(() => verifyMerkleInclusion({ canonicalizedBody: other, inclusionProof }, checkpoint), "a changed leaf");
    proven++;
  }
  if (proven === 0) throw new Error(`${folder}: no proofs`);
  console.log(`${folder}: checkpoint of ${checkpoint.logSize} leaves and ${proven} inclusion proofs verified by @sigstore/verify`);
}
