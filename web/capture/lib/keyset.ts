// The campaign's key set: which desk keys a message is sealed to, signed by the campaign's offline key.
//
// The file has one byte form, compact JSON with its fields in a fixed order. Refuses: any other form of the same facts,
// fewer than two keys, a key named twice, a signature of another key than the pinned one, use after the last day.
import { ed25519 } from '@noble/curves/ed25519.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bech32 } from './bech32'
import { fromHex, toHex, utf8 } from './bytes'
import { HamsedaError } from './errors'

const FORMAT = 'hamseda/keyset/v1'
const [MIN_RECIPIENTS, MAX_RECIPIENTS] = [2, 8]
const PUBLIC_KEY = 1216
const ML_KEM = { coefficients: 1152, modulus: 3329 }
const DAY = 86_400_000

/** A key set that was checked; `loadKeyset` is the one way to get it. */
export interface Keyset {
  readonly origin: string
  readonly epoch: number
  /** Last day of use, `2026-12-31`. */
  readonly expires: string
  /** Raw X-Wing public keys, in the order of the stanzas. */
  readonly recipients: readonly Uint8Array[]
  /** SHA-256 of the file, lower-case hex: what pages and paper print. */
  readonly hash: string
}

/** Days since 1970, in UTC. */
export const today = (): number => Math.floor(Date.now() / DAY)

/** Checks form, signature, the pinned campaign key (hex) and the last day. */
export function loadKeyset(json: Uint8Array, campaignKeyHex: string, day: number): Keyset {
  const hash = toHex(sha256(json))
  try {
    return { ...load(json, campaignKeyHex, day), hash }
  } catch (error) {
    // The hash of a file that is refused helps those who look for where it came from.
    throw error instanceof HamsedaError ? new HamsedaError(error.code, { ...error.facts, hash }, error.reason) : error
  }
}

function load(json: Uint8Array, campaignKeyHex: string, day: number): Omit<Keyset, 'hash'> {
  const wire = read(json)
  const signed = check(wire)
  const recipients = wire.recipients.map(recipient)
  if (new Set(wire.recipients).size !== recipients.length) throw new HamsedaError('keyset-repeated')
  const key = fromHex(wire.campaign_key, 32) ?? fail('keyset-campaign-key')
  const signature = fromHex(wire.signature, 64) ?? fail('keyset-signature')
  if (!verified(signature, signed, key)) throw new HamsedaError('keyset-signature')
  if (wire.campaign_key !== campaignKeyHex.toLowerCase()) throw new HamsedaError('keyset-other-campaign')
  if (day > dayOf(wire.expires)) throw new HamsedaError('keyset-expired', { expires: wire.expires })
  const { origin, epoch, expires } = wire
  return { origin, epoch, expires, recipients }
}

interface Wire {
  format: string
  origin: string
  epoch: number
  expires: string
  recipients: string[]
  campaign_key: string
  signature: string
}

const FIELDS = ['format', 'origin', 'epoch', 'expires', 'recipients', 'campaign_key', 'signature']

function read(json: Uint8Array): Wire {
  let text: string
  let wire: unknown
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(json)
    wire = JSON.parse(text)
  } catch (error) {
    throw new HamsedaError('keyset-json', {}, error)
  }
  if (typeof wire !== 'object' || wire === null || Array.isArray(wire)) throw new HamsedaError('keyset-json')
  if ((wire as Partial<Wire>).format !== FORMAT) throw new HamsedaError('keyset-format')
  if (!isWire(wire)) throw new HamsedaError('keyset-json')
  if (Object.keys(wire).join() !== FIELDS.join() || JSON.stringify(wire) !== text) throw new HamsedaError('keyset-not-canonical')
  return wire
}

function isWire(wire: object): wire is Wire {
  const { origin, epoch, expires, recipients, campaign_key, signature } = wire as Wire
  const texts = Array.isArray(recipients) ? [origin, expires, campaign_key, signature, ...recipients] : [undefined]
  return texts.every((text) => typeof text === 'string') && Number.isInteger(epoch) && epoch >= 0 && epoch < 2 ** 32 && !Number.isNaN(dayOf(expires))
}

/** What the campaign key signs: the file without its signature, after a line that says what it is. */
function check(wire: Wire): Uint8Array {
  const { origin, recipients } = wire
  if (origin === '' || utf8(origin).length > 255 || /[\s\p{Cc}+]/u.test(origin)) throw new HamsedaError('keyset-origin')
  if (recipients.length < MIN_RECIPIENTS || recipients.length > MAX_RECIPIENTS) {
    throw new HamsedaError('keyset-count', { have: recipients.length })
  }
  const { signature: _, ...terms } = wire
  return utf8(`${FORMAT}\n${JSON.stringify(terms)}`)
}

function recipient(text: string): Uint8Array {
  const key = bech32('age1pq', text)
  if (key?.length !== PUBLIC_KEY) throw new HamsedaError('keyset-recipient')
  // The ML-KEM half: twelve-bit numbers below the modulus (FIPS 203, 7.2).
  for (let i = 0; i < ML_KEM.coefficients; i += 3) {
    const [a, b, c] = [key[i]!, key[i + 1]!, key[i + 2]!]
    if ((((b & 15) << 8) | a) >= ML_KEM.modulus || ((c << 4) | (b >> 4)) >= ML_KEM.modulus) throw new HamsedaError('keyset-recipient')
  }
  return key
}

function verified(signature: Uint8Array, signed: Uint8Array, key: Uint8Array): boolean {
  try {
    return ed25519.verify(signature, signed, key, { zip215: false })
  } catch {
    return false
  }
}

function dayOf(text: string): number {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  // 2026-02-30 is read as March by some: a day is what writes itself back.
  return Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text ? Number.NaN : time / DAY
}

function fail(code: 'keyset-campaign-key' | 'keyset-signature'): never {
  throw new HamsedaError(code)
}
