// What a recount found. The same JSON as `hamseda tally verify --json` prints.
import type { Count } from './leaf'
import type { Floors } from './policy'

/** Kinds of faults; stable. */
export type FaultCode =
  | 'file-missing' | 'file-unreadable'
  | 'policy-malformed' | 'policy-changed' | 'policy-unexpected'
  | 'checkpoint-malformed' | 'checkpoint-signature' | 'checkpoint-signer' | 'checkpoint-quorum' | 'checkpoint-root'
  | 'log-size' | 'entries-changed' | 'tile-changed' | 'leaf-rule'
  | 'batch-changed' | 'batch-rule' | 'tags-changed' | 'published-index' | 'clip-changed' | 'script-changed'

/** Something that is wrong, and where. */
export interface Fault {
  code: FaultCode
  path: string
  message: string
}

/** The result of a recount. */
export interface Report {
  ok: boolean
  finished: boolean
  origin: string | null
  policy_sha256: string | null
  size: number | null
  root: string | null
  count: Count | null
  floors: Floors | null
  floors_lowered: boolean
  received: number | null
  clips: { listed: number; verified: number; taken_down: number }
  witnesses: { name: string; time: number }[]
  faults: Fault[]
}

/** A report that nothing is known for yet. */
export const blank = (): Report => ({
  ok: false, finished: false, origin: null, policy_sha256: null, size: null, root: null, count: null, floors: null,
  floors_lowered: false, received: null, clips: { listed: 0, verified: 0, taken_down: 0 }, witnesses: [], faults: [],
})
