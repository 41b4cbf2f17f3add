// A clip becomes a message: sealed into the store, with everything the page needs to send it and to show the receipt.
//
// Refuses: to leave half a message behind. Everything secret that is handed out lives in memory only.
import type { Code, CodeSecrets } from './code'
import { HamsedaError, checkAborted } from './errors'
import type { Keyset } from './keyset'
import { pieces } from './pieces'
import type { Receipt } from './receipt'
import { checkChoices, type Choices } from './record'
import { Sealer, type Sealed } from './sealer'
import type { Store, StoredFile } from './store/store'

/** A message sealed and stored. */
export interface SealedMessage {
  readonly file: StoredFile
  /** Length of the sealed file: one of the few that size classes allow. */
  readonly bytes: number
  /** Size class, MiB. */
  readonly mib: number
  readonly receipt: Receipt
  /** The public tag (16 bytes), as it will stand in the log. */
  readonly tag: Uint8Array
  /** 32 bytes, sent with every upload and part. */
  readonly handle: Uint8Array
  /** What takes the message back; the code's, when there is one. */
  readonly withdrawal: Uint8Array
}

export interface SealOptions {
  code?: Code | null
  signal?: AbortSignal
  /** Clip bytes sealed so far. */
  onProgress?: (bytes: number) => void
  /** Largest plaintext, bytes: the intake's limit; 512 MiB unless told. */
  cap?: number
}

/** Seals a clip into the store. */
export async function sealInto(
  store: Store,
  /** A stream's pieces are used up. */
  clip: Blob | ReadableStream<Uint8Array>,
  choices: Choices,
  keyset: Keyset,
  options: SealOptions = {},
): Promise<SealedMessage> {
  checkChoices(choices)
  const writer = await store.create()
  try {
    const sealer = new Sealer(keyset, (bytes) => writer.write(bytes), options.cap === undefined ? {} : { cap: options.cap })
    for await (const piece of pieces(clip)) {
      checkAborted(options.signal)
      await sealer.write(piece)
      options.onProgress?.(sealer.clipLength)
    }
    if (sealer.clipLength === 0) throw new HamsedaError('clip-empty')
    return message(await sealer.finish(choices, secretsOf(options.code, keyset)), await writer.close())
  } catch (error) {
    await writer.abort()
    throw error
  }
}

export const secretsOf = (code: Code | null | undefined, keyset: Keyset): CodeSecrets | null => code?.secrets(keyset.origin) ?? null

export function message({ bytes, mib, receipt, tag, handle, withdrawal }: Sealed, file: StoredFile): SealedMessage {
  return { file, bytes, mib, receipt, tag, handle, withdrawal }
}
