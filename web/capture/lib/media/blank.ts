// Blanks messages inside media without changing a length, for files whose packets are taken over where they stand.

/** Takes one sample and blanks it in place; gives whether there was something. */
export type Blanker = (sample: Uint8Array) => boolean

/** Slices, parameter sets, delimiters, as in nal.ts. */
const AVC = [1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13]
const FILLER = 12

/** H.264 with lengths before its units: everything a decoder doesn't need becomes a filler of the same length. */
export const avcBlanker = (lengthSize: number): Blanker => (sample) => {
  let found = false
  for (let at = 0; at < sample.length; ) {
    const start = at + lengthSize
    const length = sample.subarray(at, start).reduce((all, byte) => all * 256 + byte, 0)
    if (start + length > sample.length) throw new RangeError('a unit runs over its sample')
    if (length > 0 && !AVC.includes(sample[start]! & 31)) {
      found = true
      sample.fill(0xff, start, start + length)
      sample[start + length - 1] = 0x80
      sample[start] = FILLER
    }
    at = start + length
  }
  return found
}

/** MPEG-4 Visual: user data between its start code and the next. */
export const mpeg4Blanker: Blanker = (sample) => {
  let found = false
  for (let at = 0; at + 3 < sample.length; at++) {
    if (sample[at] !== 0 || sample[at + 1] !== 0 || sample[at + 2] !== 1 || sample[at + 3] !== 0xb2) continue
    let end = at + 4
    while (end < sample.length && !(sample[end] === 0 && sample[end + 1] === 0 && (sample[end + 2] === 1 || sample[end + 2] === undefined))) end += 1
    sample.fill(0x20, at + 4, end)
    found = true
    at = end - 1
  }
  return found
}

export const nothing: Blanker = () => false
