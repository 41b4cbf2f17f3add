// Our sealed message through a foreign age implementation: npm age-encryption (typage).
//
//   node seal.mjs keys                                    three fresh test identities and their recipients, as JSON
//   node seal.mjs keyset KEYSET                           checks form and signature of a key set with node's own crypto
//   node seal.mjs open IDENTITY SEALED CLIP               typage opens; the clip goes to CLIP, the record's facts to stdout
//   node seal.mjs seal KEYSET CLIP SEALED                 typage seals CLIP to a key set, laid out by the few lines below
//   node seal.mjs plain RECIPIENT|scrypt:WORDS CLIP FILE  an age file that is no sealed message
//
// The layout is written here a second time on purpose: it shares no line with the Rust side.

import { createHash, createPublicKey, randomBytes, verify } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { Decrypter, Encrypter, generateHybridIdentity, identityToRecipient } from "age-encryption";

const MIB = 1024 * 1024;
const RECORD = 16 * 1024;
const MAGIC = Buffer.from("hamseda1");

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest();

function sizeClass(clip) {
  for (let power = MIB; ; power *= 2) {
    for (const size of [power, power * 1.5]) {
      if (Number.isInteger(size / MIB) && MAGIC.length + clip + RECORD <= size) return size;
    }
  }
}

// Deterministic CBOR (RFC 8949, 4.2.1): shortest heads, keys ascending.
function head(major, n) {
  if (n < 24) return Buffer.from([(major << 5) | n]);
  if (n < 0x100) return Buffer.from([(major << 5) | 24, n]);
  if (n < 0x10000) return Buffer.from([(major << 5) | 25, n >> 8, n & 0xff]);
  const bytes = Buffer.alloc(5, (major << 5) | 26);
  bytes.writeUInt32BE(n, 1);
  return bytes;
}

function cbor(value) {
  if (typeof value === "number") return head(0, value);
  if (typeof value === "string") return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value]);
  const fields = [...value].filter(([, field]) => field !== undefined).sort(([a], [b]) => a - b);
  return Buffer.concat([head(5, fields.length), ...fields.flatMap(([key, field]) => [cbor(key), cbor(field)])]);
}

function readCbor(bytes) {
  let at = 0;
  const number = (info) => {
    if (info < 24) return info;
    const length = { 24: 1, 25: 2, 26: 4 }[info];
    at += length;
    return bytes.readUIntBE(at - length, length);
  };
  const item = () => {
    const [major, info] = [bytes[at] >> 5, bytes[at] & 31];
    at += 1;
    const n = number(info);
    if (major === 0) return n;
    if (major === 2) return bytes.subarray(at, (at += n)).toString("hex");
    if (major === 3) return bytes.subarray(at, (at += n)).toString("utf8");
    if (major === 5) return Object.fromEntries(Array.from({ length: n }, () => [item(), item()]));
    throw new Error(`CBOR major type ${major}`);
  };
  const record = item();
  if (bytes.subarray(at).some((byte) => byte !== 0)) throw new Error("something follows the record");
  return record;
}

function plaintext(clip, record) {
  const bytes = Buffer.alloc(sizeClass(clip.length));
  MAGIC.copy(bytes);
  clip.copy(bytes, MAGIC.length);
  cbor(new Map(Object.entries(record).map(([key, field]) => [Number(key), field]))).copy(bytes, bytes.length - RECORD);
  return bytes;
}

function readKeySet(path) {
  const json = readFileSync(path, "utf8");
  const set = JSON.parse(json);
  if (JSON.stringify(set) !== json) throw new Error("the key set is not in its one form");
  const { signature, ...terms } = set;
  const x = Buffer.from(set.campaign_key, "hex").toString("base64url");
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
  const signed = Buffer.from(`${set.format}\n${JSON.stringify(terms)}`);
  if (!verify(null, signed, key, Buffer.from(signature, "hex"))) throw new Error("the signature does not fit");
  return set;
}

const commands = {
  async keys() {
    const pair = async () => {
      const identity = await generateHybridIdentity();
      return { identity, recipient: await identityToRecipient(identity) };
    };
    return { desk: [await pair(), await pair()], stranger: await pair() };
  },

  async keyset(path) {
    return { hash: sha256(readFileSync(path)).toString("hex"), recipients: readKeySet(path).recipients.length };
  },

  async open(identity, sealed, clip) {
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    const bytes = Buffer.from(await decrypter.decrypt(readFileSync(sealed)));
    if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) throw new Error("no magic");
    const record = readCbor(bytes.subarray(bytes.length - RECORD));
    const end = MAGIC.length + record[1];
    if (bytes.subarray(end, bytes.length - RECORD).some((byte) => byte !== 0)) throw new Error("padding");
    if (bytes.length !== sizeClass(record[1])) throw new Error("class");
    writeFileSync(clip, bytes.subarray(MAGIC.length, end));
    return record;
  },

  async seal(keyset, clip, sealed) {
    const encrypter = new Encrypter();
    for (const recipient of readKeySet(keyset).recipients) encrypter.addRecipient(recipient);
    const bytes = readFileSync(clip);
    const [r, withdrawal] = [randomBytes(32), randomBytes(32)];
    const record = {
      0: 1,
      1: bytes.length,
      2: sha256("hamseda/tag/v1", r).subarray(0, 16),
      3: sha256("hamseda/r/v1", r),
      4: sha256("hamseda/withdrawal/v1", withdrawal),
      5: 1, // picture: mask
      6: 1, // voice: alter
      7: "fa",
      8: 7, // film, wall, count
      9: "miravan",
      10: "دریا",
    };
    writeFileSync(sealed, await encrypter.encrypt(plaintext(bytes, record)));
    return { tag: record[2].toString("hex") };
  },

  async plain(recipient, clip, file) {
    const encrypter = new Encrypter();
    if (recipient.startsWith("scrypt:")) {
      encrypter.setPassphrase(recipient.slice("scrypt:".length));
      encrypter.setScryptWorkFactor(10);
    } else encrypter.addRecipient(recipient);
    writeFileSync(file, await encrypter.encrypt(readFileSync(clip)));
    return {};
  },
};

const [command, ...args] = process.argv.slice(2);
const run = commands[command];
if (!run) throw new Error(`one of: ${Object.keys(commands).join(", ")}`);
process.stdout.write(JSON.stringify(await run(...args)));
