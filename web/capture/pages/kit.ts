// The campaign's file for the offline sealer, or a bare key set.
//
// The key set inside is the signed file, byte for byte; what stands beside it (places, lengths) only fills lists.
import { HamsedaError } from '../lib/index'
import type { Facts } from './context'

interface Kit extends Facts {
  format: string
  keyset: string
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Reads either file. Without the campaign's pinned key the key set's own is taken: its digits are compared by eye. */
export function readKit(text: string): { keyset: Uint8Array; facts: Facts } {
  const file = parse(text)
  if (file.format === 'hamseda/kit/v1') return { keyset: bytes(file.keyset), facts: file }
  const own = (file as unknown as { campaign_key?: unknown }).campaign_key
  if (file.format !== 'hamseda/keyset/v1' || typeof own !== 'string') throw new HamsedaError('keyset-format')
  const facts = { campaignKey: own, slogan: {}, seconds: 60, k: 20, places: [], languages: [], clipBytes: 512 * 1024 * 1024, nameChars: 40 }
  return { keyset: bytes(text), facts }
}

function parse(text: string): Kit {
  try {
    return JSON.parse(text) as Kit
  } catch (error) {
    throw new HamsedaError('keyset-json', {}, error)
  }
}
