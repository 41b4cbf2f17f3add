// Small requests to the intake: look up a status, take a message back, send a letter. Each answers the same whatever is known.
import type { CodeSecrets } from './code'
import { HamsedaError } from './errors'
import { send, type Answer } from './http'
import { SMALL } from './status'

/** POST the locator; gives the 4,096 bytes for `openRecord`. `base`: the intake's first page. */
export async function lookUp(base: string, { locator }: CodeSecrets, signal?: AbortSignal): Promise<Uint8Array> {
  const record = await (await post(base, 'status', locator, signal)).body()
  if (record.length !== SMALL) throw new HamsedaError('upload-line')
  return record
}

/** POST the withdrawal secret. */
export async function withdraw(base: string, withdrawal: Uint8Array, signal?: AbortSignal): Promise<void> {
  await post(base, 'withdraw', withdrawal, signal)
}

/** POST a sealed letter. */
export async function sendLetter(base: string, letter: Uint8Array, signal?: AbortSignal): Promise<void> {
  await post(base, 'letter', letter, signal)
}

async function post(base: string, path: string, body: Uint8Array, signal: AbortSignal | undefined): Promise<Answer> {
  const url = new URL(path, new URL(base, typeof location === 'undefined' ? undefined : location.href)).href
  const headers = { 'Content-Type': 'application/octet-stream' }
  const answer = await send({ method: 'POST', url, headers, body, stall: 60_000, signal }).catch((error: unknown) => {
    throw new HamsedaError(signal?.aborted ? 'aborted' : 'upload-line', {}, error)
  })
  if (answer.status === 507) throw new HamsedaError('upload-full')
  if (answer.status >= 500 || answer.status === 429) throw new HamsedaError('upload-line', { status: answer.status })
  if (answer.status >= 300) throw new HamsedaError('upload-refused', { status: answer.status })
  return answer
}
