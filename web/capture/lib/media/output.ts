// The fresh file: a fragmented MP4, written from its start to its end, so that it can be sealed while it is made.
//
// Holds picture and sound and nothing else: no tags, no names, and every time in it is zero.
import { type MediaCodec, MovOutputFormat, Mp4OutputFormat, Output, StreamTarget, type StreamTargetChunk } from 'mediabunny'
import { HamsedaError } from '../errors'
import { finisher } from './finish'

export interface Fresh {
  output: Output
  readable: ReadableStream<Uint8Array>
  /** Bytes written so far. */
  written(): number
}

/** `reorder`: seconds by which pictures are shown later than stored, at most. */
export function fresh(codecs: readonly string[], reorder: number): Fresh {
  const options = { fastStart: 'fragmented', minimumFragmentDuration: 0.2 } as const
  const mp4 = new Mp4OutputFormat(options)
  // Some sound fits into QuickTime only.
  const fits = codecs.every((codec) => mp4.getSupportedCodecs().includes(codec as MediaCodec))
  const finish = finisher(reorder)
  let [end, bytes] = [0, 0]
  const { readable, writable } = new TransformStream<StreamTargetChunk, Uint8Array>({
    transform({ data, position }, out) {
      if (position !== end) throw new HamsedaError('clip-damaged', {}, 'written out of order')
      end += data.length
      for (const piece of finish(data)) {
        bytes += piece.length
        out.enqueue(piece)
      }
    },
  })
  const output = new Output({ format: fits ? mp4 : new MovOutputFormat(options), target: new StreamTarget(writable, { chunked: true, chunkSize: 512 * 1024 }) })
  return { output, readable, written: () => bytes }
}
