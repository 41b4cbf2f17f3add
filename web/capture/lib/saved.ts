// Names of sealed files that people save and carry. They look random, and they are; but they hold the handle and, once the
// upload has an address, that: picked again later, the file goes on where it was cut.
import { VERSION_LINE, STANZA_START } from './age'
import { base32, concat, fromBase32, fromHex, toHex } from './bytes'
import type { UploadState } from './store/store'

const HANDLE = 32
const UPLOAD = 16

/** A name for a saved sealed file: random letters, no extension. */
export function fileName(handle: Uint8Array, upload: UploadState | null = null): string {
  const id = fromHex(upload?.url.split('/').pop() ?? '', UPLOAD)
  return base32(id ? concat(handle, id) : handle)
}

/** What `fileName` put into a name; `null` for other names. `url` is to be handed to `upload`. */
export function readFileName(name: string): { handle: Uint8Array; url: string | null } | null {
  // Whatever a phone added to the name ("… (1)", ".bin") comes after it.
  const bytes = fromBase32(/^[a-z2-7]*/.exec(name)?.[0] ?? '')
  if (bytes?.length !== HANDLE && bytes?.length !== HANDLE + UPLOAD) return null
  const id = bytes.subarray(HANDLE)
  return { handle: bytes.slice(0, HANDLE), url: id.length > 0 ? toHex(id) : null }
}

/** Whether a picked file has the outside of a sealed message: it is sent, not sealed again. */
export async function looksSealed(file: Blob): Promise<boolean> {
  const start = VERSION_LINE + STANZA_START
  return (await file.slice(0, start.length).text()) === start
}
