// Seals a clip as it comes: `hamseda1 | clip | zeros up to the size class | record`, encrypted chunk by chunk.
//
// The record comes last and the class is chosen at the end, so a recording is sealed while it is made. Holds 64 KiB of
// plain bytes at most. What was written before an error is of no use to anybody.
import { sha256 } from '@noble/hashes/sha2.js'
import { CHUNK, FILE_KEY, NONCE, TAG, header, payloadKey, sealChunk } from './age'
import { concat, random, utf8, type Random } from './bytes'
import { CAP, capacity, classFor, longest, sealedLength } from './classes'
import type { CodeSecrets } from './code'
import { HamsedaError } from './errors'
import type { Keyset } from './keyset'
import { Receipt } from './receipt'
import { MAGIC_MESSAGE, recordBlock, type Choices } from './record'

/** Takes sealed bytes; they are valid until its promise resolves. */
export type Sink = (bytes: Uint8Array) => Promise<void>

/** What the device knows after sealing. */
export interface Sealed {
  /** Length of the sealed file. */
  bytes: number
  /** Size class, MiB. */
  mib: number
  tag: Uint8Array
  receipt: Receipt
  /** What proves ownership: never leaves the device. */
  r: Uint8Array
  /** What takes the message back. */
  withdrawal: Uint8Array
  /** What a withdrawal is matched by; sent with every upload and part. */
  handle: Uint8Array
}

/** Chunks handed over at once. */
const BATCH = 16
/** The page gets a turn at least this often, milliseconds. */
const TURN = 40

const labelled = (label: string, secret: Uint8Array): Uint8Array => sha256(concat(utf8(label), secret))

/** SHA-256("hamseda/handle/v1" ‖ withdrawal secret). */
export const handleOf = (withdrawal: Uint8Array): Uint8Array => labelled('hamseda/handle/v1', withdrawal)

export interface SealerOptions {
  /** Largest plaintext, bytes. */
  cap?: number
  random?: Random
}

export class Sealer {
  /** Clip bytes taken so far. */
  clipLength = 0
  private readonly cap: number
  private readonly r: Uint8Array
  private readonly withdrawal: Uint8Array
  private readonly key: Uint8Array
  private readonly start: Uint8Array
  private readonly plain = new Uint8Array(CHUNK)
  private filled = 0
  private readonly out = new Uint8Array(BATCH * (CHUNK + TAG))
  private batched = 0
  private counter = 0
  private turn = performance.now()

  constructor(
    private readonly keyset: Keyset,
    private readonly sink: Sink,
    options: SealerOptions = {},
  ) {
    const draw = options.random ?? random
    this.cap = options.cap ?? CAP
    this.r = draw(32)
    this.withdrawal = draw(32)
    const fileKey = draw(FILE_KEY)
    const head = header(fileKey, keyset.recipients, draw)
    const nonce = draw(NONCE)
    this.start = concat(head, nonce)
    this.key = payloadKey(fileKey, nonce)
    fileKey.fill(0)
    this.plain.set(MAGIC_MESSAGE)
    this.filled = MAGIC_MESSAGE.length
  }

  /** Seals the next piece of the clip. */
  async write(piece: Uint8Array): Promise<void> {
    this.clipLength += piece.length
    const max = longest(this.cap)
    if (this.clipLength > max) throw new HamsedaError('seal-too-long', { max })
    await this.take(piece)
  }

  /** Pads to the class, writes the record and ends the file. A code's secrets take the place of the drawn one. */
  async finish(choices: Choices, code: CodeSecrets | null = null): Promise<Sealed> {
    const plaintext = classFor(this.clipLength, this.cap)
    if (plaintext === null) throw new HamsedaError('seal-too-long', { max: longest(this.cap) })
    const withdrawal = code?.withdrawal ?? this.withdrawal
    const tag = labelled('hamseda/tag/v1', this.r).slice(0, 16)
    const block = recordBlock({
      clipLength: this.clipLength,
      choices,
      tag,
      rCommitment: labelled('hamseda/r/v1', this.r),
      wCommitment: labelled('hamseda/withdrawal/v1', withdrawal),
      replyKey: code?.replyKey ?? null,
    })
    await this.zeros(capacity(plaintext) - this.clipLength)
    await this.take(block)
    this.sealChunk(true)
    await this.flush()
    this.key.fill(0)
    this.plain.fill(0)
    const bytes = sealedLength(plaintext, this.keyset.recipients.length)
    return { bytes, mib: plaintext / 2 ** 20, tag, receipt: Receipt.of(tag), r: this.r, withdrawal, handle: handleOf(withdrawal) }
  }

  private async zeros(count: number): Promise<void> {
    const zeros = new Uint8Array(CHUNK)
    for (let left = count; left > 0; left -= CHUNK) await this.take(left < CHUNK ? zeros.subarray(0, left) : zeros)
  }

  private async take(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      if (this.filled === CHUNK) {
        this.sealChunk(false)
        if (this.batched === BATCH) await this.flush()
        else await this.breathe()
      }
      const now = Math.min(bytes.length - at, CHUNK - this.filled)
      this.plain.set(bytes.subarray(at, at + now), this.filled)
      this.filled += now
      at += now
    }
  }

  private sealChunk(last: boolean): void {
    const at = this.batched * (CHUNK + TAG)
    sealChunk(this.key, this.counter++, last, this.plain.subarray(0, this.filled), this.out.subarray(at, at + this.filled + TAG))
    this.batched += 1
    this.filled = 0
  }

  private async flush(): Promise<void> {
    // The header goes with the first bytes: before them there may be nothing to write into yet.
    if (this.counter <= BATCH && this.counter === this.batched) await this.sink(this.start)
    await this.sink(this.out.subarray(0, this.batched * (CHUNK + TAG)))
    this.batched = 0
    await this.breathe()
  }

  /** Lets the page draw and answer taps: without a just-in-time compiler a megabyte takes a second. */
  private async breathe(): Promise<void> {
    if (performance.now() - this.turn < TURN) return
    await new Promise<void>((resolve) => {
      const { port1, port2 } = new MessageChannel()
      port1.onmessage = () => {
        port1.close()
        resolve()
      }
      port2.postMessage(0)
    })
    this.turn = performance.now()
  }
}
