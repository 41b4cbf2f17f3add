// An age v1 file (c2sp.org/age) with one post-quantum hybrid stanza per key and no other, byte for byte as the Rust side
// writes it: X-Wing (ML-KEM-768 with X25519), HPKE base mode, then STREAM of ChaCha20-Poly1305.
//
// Refuses: grease, other stanzas, reading. Stands on @noble's primitives, which age-encryption (typage) stands on too;
// typage itself takes no randomness as an argument and fixes neither the order of chunks' ends nor a record that is last.
import { chacha20poly1305 } from '@noble/ciphers/chacha.js'
import { x25519 } from '@noble/curves/ed25519.js'
import { expand, extract, hkdf } from '@noble/hashes/hkdf.js'
import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { sha3_256 } from '@noble/hashes/sha3.js'
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js'
import { base64, be, concat, utf8, type Random } from './bytes'

/** Plaintext bytes in a payload chunk. */
export const CHUNK = 64 * 1024
/** Bytes that sealing adds to a chunk. */
export const TAG = 16
export const FILE_KEY = 16
export const NONCE = 16
export const VERSION_LINE = 'age-encryption.org/v1\n'
export const STANZA_START = '-> mlkem768x25519 '

const INFO = utf8('age-encryption.org/mlkem768x25519')
const NOTHING = new Uint8Array()
const ML_KEM_PUBLIC = 1184
const STANZA = STANZA_START.length + 1494 + 1 + 43 + 1
const MAC_LINE = 4 + 43 + 1

/** Length of a header with so many stanzas. */
export const headerLength = (recipients: number): number => VERSION_LINE.length + recipients * STANZA + MAC_LINE

/** The header: version line, one stanza per key in their order, MAC. */
export function header(fileKey: Uint8Array, recipients: readonly Uint8Array[], random: Random): Uint8Array {
  const stanzas = recipients.map((key) => stanza(fileKey, key, random(64)))
  const covered = `${VERSION_LINE}${stanzas.join('')}---`
  const mac = hmac(sha256, hkdf(sha256, fileKey, undefined, utf8('header'), 32), utf8(covered))
  return utf8(`${covered} ${base64(mac)}\n`)
}

/** Key of the payload that follows the header and this nonce. */
export const payloadKey = (fileKey: Uint8Array, nonce: Uint8Array): Uint8Array =>
  hkdf(sha256, fileKey, nonce, utf8('payload'), 32)

/** Seals one chunk; `out` gives the place for it. */
export function sealChunk(key: Uint8Array, counter: number, last: boolean, plain: Uint8Array, out?: Uint8Array): Uint8Array {
  const nonce = concat(be(counter, 11), Uint8Array.of(last ? 1 : 0))
  return chacha20poly1305(key, nonce).encrypt(plain, out)
}

function stanza(fileKey: Uint8Array, recipient: Uint8Array, randomness: Uint8Array): string {
  const { shared, share } = encapsulate(recipient, randomness)
  const { key, nonce } = hpkeContext(shared)
  const body = chacha20poly1305(key, nonce).encrypt(fileKey)
  return `${STANZA_START}${base64(share)}\n${base64(body)}\n`
}

/** X-Wing (draft-connolly-cfrg-xwing-kem): what both sides share, and the share the other side needs. */
function encapsulate(recipient: Uint8Array, randomness: Uint8Array): { shared: Uint8Array; share: Uint8Array } {
  const [lattice, curve] = [recipient.subarray(0, ML_KEM_PUBLIC), recipient.subarray(ML_KEM_PUBLIC)]
  const ephemeral = randomness.slice(32)
  const first = ml_kem768.encapsulate(lattice, randomness.slice(0, 32))
  const share = x25519.getPublicKey(ephemeral)
  const second = x25519.getSharedSecret(ephemeral, curve)
  const shared = sha3_256(concat(first.sharedSecret, second, share, curve, utf8('\\.//^\\')))
  return { shared, share: concat(first.cipherText, share) }
}

/** KEM X-Wing, KDF HKDF-SHA256, AEAD ChaCha20-Poly1305. */
const SUITE = concat(utf8('HPKE'), be(0x647a, 2), be(1, 2), be(3, 2))

function hpkeContext(shared: Uint8Array): { key: Uint8Array; nonce: Uint8Array } {
  const context = concat(Uint8Array.of(0), labeledExtract(undefined, 'psk_id_hash', NOTHING), labeledExtract(undefined, 'info_hash', INFO))
  const secret = labeledExtract(shared, 'secret', NOTHING)
  return { key: labeledExpand(secret, 'key', context, 32), nonce: labeledExpand(secret, 'base_nonce', context, 12) }
}

const labeledExtract = (salt: Uint8Array | undefined, label: string, ikm: Uint8Array): Uint8Array =>
  extract(sha256, concat(utf8('HPKE-v1'), SUITE, utf8(label), ikm), salt)

const labeledExpand = (prk: Uint8Array, label: string, info: Uint8Array, length: number): Uint8Array =>
  expand(sha256, prk, concat(be(length, 2), utf8('HPKE-v1'), SUITE, utf8(label), info), length)
