/**
 * Undoes the content encodings of a body: gzip, deflate, brotli and lzma, several on top of each other, with the
 * leniency of browsers: wrong or missing wrappers are tried the other way. Data that cannot be decoded goes on as
 * it is.
 *
 * Bounded: each layer has one window; a body that grows more than 2,048 times beyond the limit ends the decoding
 * (a bomb).
 */
import { BrotliDecoder } from "../../bytes/brotli.ts";
import { type Inflater, InflateStatus } from "../../bytes/inflate.ts";
import { LzmaDecoder } from "../../bytes/lzma.ts";
import { DecoderPool, type InflateBench, OUTPUT_BYTES } from "./decoder-pool.ts";

export type Encoding = "gzip" | "deflate" | "br" | "lzma" | "none";

export interface DecodingLimits {
  /** Bytes that one body may grow to by decoding, when it grows 2,048 times. */
  readonly compressionBombBytes: number;
  /** Memory of one decoder of lzma. */
  readonly lzmaMemoryBytes: number;
  /** Where decoders of gzip and deflate come from; they are made anew without. */
  readonly decoders?: DecoderPool;
}

/** Where decoded bytes go. */
export interface ByteSink {
  take(bytes: Uint8Array, start: number, end: number): void;
}

const BOMB_RATIO = 2048;
/** Ways that are tried before the data is passed on as it is. */
const ATTEMPTS_MAX = 3;
const HEADER_BYTES_MAX = 512;
/** Input that is kept to be tried in another way; with more than that there is no other way. */
const KEPT_BYTES_MAX = 65_536;

const NOTHING = new Uint8Array(0);
const GzipFlag = { headerChecksum: 2, extra: 4, name: 8, comment: 16 } as const;

export class ContentDecoder implements ByteSink {
  /** The data was not what the header said. */
  hasFailed = false;
  /** The decoding has ended; whoever takes the output may end it too. */
  isBomb = false;
  private readonly next: ByteSink;
  /** Of gzip and deflate, which have wrappers that may be wrong; null for others. */
  private bench: InflateBench | null;
  private readonly pool: DecoderPool;
  private readonly lzma: LzmaDecoder | null;
  /** Null once there is nothing more to decode. */
  private decoder: Inflater | BrotliDecoder | LzmaDecoder | null;
  private readonly output: Uint8Array;
  private readonly bombBytes: number;
  private isPassing = false;
  private isDone = false;
  private attempts = 0;
  private asRaw: boolean;
  /** Input until the wrapper is understood; kept to start again with. */
  private head: Uint8Array = NOTHING;
  private isStarted = false;
  private inputBytes = 0;
  private outputBytes = 0;

  constructor(encoding: Encoding, next: ByteSink, limits: DecodingLimits) {
    this.next = next;
    this.asRaw = encoding === "deflate";
    this.lzma = encoding === "lzma" ? new LzmaDecoder(limits.lzmaMemoryBytes) : null;
    this.pool = limits.decoders ?? new DecoderPool();
    this.bench = encoding === "br" || this.lzma !== null ? null : this.pool.take();
    this.decoder = this.bench?.inflater ?? this.lzma ?? new BrotliDecoder();
    this.output = this.bench?.output ?? new Uint8Array(OUTPUT_BYTES);
    this.isStarted = this.bench === null;
    this.bombBytes = limits.compressionBombBytes;
  }

  /** Decoding would have needed more memory than it may have. */
  get isOverMemory(): boolean {
    return this.lzma?.isOverMemory ?? false;
  }

  take(bytes: Uint8Array, start: number, end: number): void {
    if (this.isPassing) {
      this.next.take(bytes, start, end);
      return;
    }
    if (this.isDone || this.isBomb) return;
    this.inputBytes += end - start;
    if (this.isStarted) this.inflate(bytes, start, end);
    else this.begin(bytes, start, end);
  }

  /** No more comes: what was held back goes on as it is. */
  finish(): void {
    if (!this.isStarted && !this.isPassing && this.head.length > 0) this.pass(this.head);
    this.isDone = true;
    if (this.bench !== null) this.pool.give(this.bench);
    this.bench = this.decoder = null;
  }

  private begin(bytes: Uint8Array, start: number, end: number): void {
    const head = new Uint8Array(this.head.length + (end - start));
    head.set(this.head);
    head.set(bytes.subarray(start, end), this.head.length);
    this.head = head;
    const at = wrapperLength(head, this.asRaw);
    if (at < 0 && head.length < HEADER_BYTES_MAX) return;
    this.isStarted = true;
    this.inflate(head, Math.max(at, 0), head.length);
  }

  private inflate(bytes: Uint8Array, start: number, end: number): void {
    let at = start;
    const { output, decoder } = this;
    if (decoder === null) return;
    for (;;) {
      const status = decoder.push(bytes, at, end, output, 0, OUTPUT_BYTES);
      const produced = decoder.outputEnd;
      at = decoder.inputEnd;
      // Nothing was delivered yet: what came out of a wrong guess is thrown away.
      if (status === InflateStatus.broken && this.outputBytes === 0) {
        this.retry();
        return;
      }
      this.outputBytes += produced;
      if (produced > 0) this.next.take(output, 0, produced);
      if (this.checkBomb()) return;
      if (status === InflateStatus.broken) {
        this.hasFailed = true;
        this.isDone = true;
        return;
      }
      if (status === InflateStatus.done) {
        this.isDone = true;
        return;
      }
      if (status === InflateStatus.needsInput) {
        if (this.outputBytes > 0) this.head = NOTHING;
        else if (bytes !== this.head) this.keep(bytes, start, end);
        return;
      }
    }
  }

  /** Nothing came out yet: the input may be needed for another attempt. */
  private keep(bytes: Uint8Array, start: number, end: number): void {
    if (this.head.length + (end - start) > KEPT_BYTES_MAX) {
      this.attempts = ATTEMPTS_MAX;
      this.head = NOTHING;
      return;
    }
    const kept = new Uint8Array(this.head.length + (end - start));
    kept.set(this.head);
    kept.set(bytes.subarray(start, end), this.head.length);
    this.head = kept;
  }

  private retry(): void {
    this.attempts++;
    const { head } = this;
    const inflater = this.bench?.inflater ?? null;
    if (this.attempts >= ATTEMPTS_MAX || head.length === 0 || inflater === null) {
      this.hasFailed = true;
      this.pass(head);
      return;
    }
    this.asRaw = !this.asRaw;
    inflater.reset();
    const at = this.attempts === 1 ? wrapperLength(head, this.asRaw) : 0;
    this.inflate(head, Math.max(at, 0), head.length);
  }

  private pass(bytes: Uint8Array): void {
    this.isPassing = true;
    this.head = NOTHING;
    this.next.take(bytes, 0, bytes.length);
  }

  private checkBomb(): boolean {
    if (this.isBomb) return true;
    if (this.outputBytes <= this.bombBytes) return false;
    if (this.outputBytes < this.inputBytes * BOMB_RATIO) return false;
    this.isBomb = true;
    return true;
  }
}

/** Bytes of the wrapper (RFC 1952, RFC 1950) that begins the data, 0 for none, -1 when more must come. */
function wrapperLength(bytes: Uint8Array, asRaw: boolean): number {
  if (bytes.length < 2) return -1;
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return gzipHeaderLength(bytes);
  const isZlib = (bytes[0]! & 0x0f) === 8 && ((bytes[0]! << 8) | bytes[1]!) % 31 === 0;
  return isZlib || (!asRaw && isZlib) ? 2 : 0;
}

function gzipHeaderLength(bytes: Uint8Array): number {
  if (bytes.length < 10) return -1;
  const flags = bytes[3]!;
  let at = 10;
  if ((flags & GzipFlag.extra) !== 0) {
    if (bytes.length < at + 2) return -1;
    at += 2 + (bytes[at]! | (bytes[at + 1]! << 8));
  }
  for (const flag of [GzipFlag.name, GzipFlag.comment]) {
    if ((flags & flag) === 0) continue;
    const zero = bytes.indexOf(0, at);
    if (zero < 0) return -1;
    at = zero + 1;
  }
  if ((flags & GzipFlag.headerChecksum) !== 0) at += 2;
  return bytes.length < at ? -1 : at;
}
