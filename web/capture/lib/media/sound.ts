// What sound carries beside sound: comments in the descriptions of Vorbis, Opus and FLAC, tags before MP3 frames.
//
// Refuses: descriptions that can't be taken apart.
import { concat, utf8 } from '../bytes'

const KNOWN = ['aac', 'mp3', 'ac3', 'eac3', 'dts', 'ulaw', 'alaw']

/** The description of an audio track without comments (`null` stays `null`); `undefined` for codecs that aren't known here. */
export function soundDescription(codec: string, description: Uint8Array | null): Uint8Array | null | undefined {
  if (codec === 'vorbis') return description && vorbis(description)
  if (codec === 'flac') return description && flac(description)
  // The head of Opus is a fixed form; a mapping table follows it for more than two channels.
  if (codec === 'opus') return description && description.slice(0, description[18] === 0 ? 19 : 21 + description[9]!)
  return KNOWN.includes(codec) || codec.startsWith('pcm-') ? description : undefined
}

/** Three headers behind Xiph lacing; the second one holds comments and is replaced by an empty one. */
function vorbis(description: Uint8Array): Uint8Array {
  let at = 1
  const length = (): number => {
    let sum = 0
    while (description[at] === 255) sum += description[at++]!
    return sum + description[at++]!
  }
  const [first, second] = [length(), length()]
  const [identification, setup] = [description.subarray(at, at + first), description.subarray(at + first + second)]
  if (description[0] !== 2 || identification[0] !== 1 || setup[0] !== 5) throw new RangeError('these are not the headers of Vorbis')
  const comment = concat(Uint8Array.of(3), utf8('vorbis'), new Uint8Array(8), Uint8Array.of(1))
  return concat(Uint8Array.of(2, identification.length, comment.length), identification, comment, setup)
}

/** Only the block that describes the stream: the others are comments and pictures. */
function flac(description: Uint8Array): Uint8Array {
  const streaminfo = description.slice(0, 4 + 4 + 34)
  if (streaminfo.length !== 42 || (streaminfo[4]! & 127) !== 0) throw new RangeError('this is not the description of FLAC')
  streaminfo[4] = 0x80
  return streaminfo
}
