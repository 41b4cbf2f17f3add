// A blob or stream in pieces of bounded size: never more than one of them in memory. A stream's piece is gone after its turn.
import { free } from './bytes'
import { HamsedaError, coded } from './errors'

const PIECE = 1024 * 1024

export async function* pieces(source: Blob | ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  if (source instanceof Blob) {
    for (let at = 0; at < source.size; at += PIECE) {
      const slice = source.slice(at, at + PIECE)
      const bytes = new Uint8Array(await coded('seal-read', () => slice.arrayBuffer()))
      if (bytes.length !== slice.size) throw new HamsedaError('seal-read')
      yield bytes
    }
    return
  }
  const reader = source.getReader()
  let ended = false
  try {
    for (;;) {
      const { done, value } = await coded('seal-read', () => reader.read())
      if ((ended = done)) return
      yield value as Uint8Array
      free(value as Uint8Array)
    }
  } finally {
    // Left early, by an error or a stop: whoever makes the bytes must stop too.
    if (!ended) await reader.cancel().catch(() => undefined)
  }
}
