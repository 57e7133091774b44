/**
 * What the readers of requests and responses share: lines, header blocks, bodies by length or in chunks,
 * trailers. A reader is a small state machine over the data of its direction.
 */
import { findByte } from "../../bytes/find-byte.ts";
import { FRAME_LENGTH_UNKNOWN, NO_FRAME } from "../frame.ts";
import { PARSE_FAILED, type ParseHost } from "../protocol.ts";
import type { BodyReader } from "./body-reader.ts";
import { beginsWithJunk, ChunkLength, parseChunkLine } from "./chunks.ts";
import type { HttpEventName } from "./events.ts";
import { HeaderBlock, HeaderOutcome } from "./header-block.ts";
import { HeldBytes } from "./held-bytes.ts";
import { LineScanner } from "./line-scanner.ts";
import type { HttpOptions } from "./options.ts";
import { type Http1Transaction, HttpState } from "./transaction.ts";

/** Where a reader is. */
export const Stage = {
  line: 0,
  headers: 1,
  fixedBody: 2,
  chunkLength: 3,
  chunkData: 4,
  chunkEnd: 5,
  trailer: 6,
  openBody: 7,
  /** Whole, but what follows in the same data may belong to it. */
  leftover: 9,
  /** Not HTTP any more: a tunnel, or data nobody understands. */
  ignored: 8,
} as const;

/** Needs more data. */
const WAIT = -2;

export abstract class MessageReader {
  stage: number = Stage.line;
  protected transaction: Http1Transaction | null = null;
  protected readonly options: HttpOptions;
  protected readonly direction: number;
  protected readonly lines: LineScanner;
  protected headers: HeaderBlock | null = null;
  protected body: BodyReader | null = null;
  /** Bytes left of the body or chunk. */
  protected left = 0;
  /** The message that is being completed lacks some of its body. */
  protected isBodyCut = false;
  /** The frame of the message that is read, its type being the direction, and the last one's that ends here. */
  private frame = NO_FRAME;
  private endingFrame = NO_FRAME;
  /** From places in the bytes that are read to those that came last. */
  private placeShift = 0;
  /** Bytes that came, of a line or field that is not whole yet. */
  private readonly held = new HeldBytes();

  constructor(options: HttpOptions, direction: number) {
    this.options = options;
    this.direction = direction;
    this.lines = new LineScanner();
  }

  /** Takes the data; returns what is done with, or PARSE_FAILED. Unfinished lines are kept here. */
  read(bytes: Uint8Array, start: number, end: number, host: ParseHost): number {
    const { held } = this;
    const before = held.length;
    if (before > 0) held.append(bytes, start, end);
    this.placeShift = before > 0 ? start - before : 0;
    const used =
      before > 0
        ? this.readAll(held.bytes, 0, held.length, host)
        : this.readAll(bytes, start, end, host);
    if (used === PARSE_FAILED) return PARSE_FAILED;
    if (before > 0) held.drop(used);
    else if (!this.mustStop()) held.append(bytes, start + used, end);
    if (!this.mustStop()) return end - start;
    // What was not used goes back to whoever reads it next.
    held.drop(held.length);
    return Math.max(0, used - before);
  }

  private readAll(bytes: Uint8Array, start: number, end: number, host: ParseHost): number {
    let at = start;
    while (at < end) {
      if (this.mustStop()) break;
      if (this.stage === Stage.line && this.frame === NO_FRAME) this.beginFrame(at, host);
      const used = this.step(bytes, at, end, host);
      if (used === PARSE_FAILED) return PARSE_FAILED;
      if (used === WAIT) break;
      at += used;
      if (this.endingFrame !== NO_FRAME) this.endFrame(at, host);
    }
    if (this.stage === Stage.leftover) this.endMessage(host);
    this.endFrame(at, host);
    return at - start;
  }

  protected get isBetweenMessages(): boolean {
    return this.stage === Stage.line && this.transaction === null;
  }

  /** Of a line or field that is not whole yet. */
  protected get heldBytes(): number {
    return this.held.length;
  }

  private beginFrame(at: number, { frames = null }: ParseHost): void {
    if (frames === null) return;
    const { direction } = this;
    this.frame = frames.add(direction, direction, at + this.placeShift, FRAME_LENGTH_UNKNOWN);
  }

  private endFrame(at: number, host: ParseHost): void {
    if (this.endingFrame === NO_FRAME) return;
    host.frames?.endAt(this.direction, this.endingFrame, at + this.placeShift);
    this.endingFrame = NO_FRAME;
  }

  /**
   * Bytes were lost: in a body whose length is known, or that lasts until the end, they are counted. Elsewhere
   * it goes on with what comes next as if nothing were missing.
   */
  gap(byteLength: number, host: ParseHost): void {
    this.placeShift = 0;
    if (this.stage === Stage.ignored) return;
    if (this.stage === Stage.openBody) {
      this.body?.gap(byteLength, host);
      return;
    }
    let lost = byteLength;
    if (this.stage === Stage.fixedBody) {
      lost = Math.min(byteLength, this.left);
      this.left -= lost;
      this.body?.gap(lost, host);
      if (this.left > 0) return;
      this.endMessage(host);
      this.endFrame(lost - byteLength, host);
      if (lost === byteLength) return;
    } else if (this.stage === Stage.leftover) this.endMessage(host);
    (this.transaction ?? this.nextTransaction())?.note("invalid_gap");
  }

  /** The transaction that the next message will belong to, where it is known already. */
  protected nextTransaction(): Http1Transaction | null {
    return null;
  }

  /** Nothing more comes. */
  finish(host: ParseHost): void {
    const { held } = this;
    const { bytes, length } = held;
    if (this.stage === Stage.line && length > 0 && !this.mustStop()) {
      if (this.readFirstLine(bytes, 0, length, length, host) !== PARSE_FAILED) held.drop(length);
    }
    if (this.stage === Stage.headers || this.stage === Stage.trailer) {
      this.headers?.finish(bytes, 0, held.length);
    }
    held.drop(held.length);
    if (this.transaction === null) return;
    const { stage } = this;
    this.body?.finish(stage === Stage.openBody || stage === Stage.trailer, host);
    this.isBodyCut = stage >= Stage.fixedBody && stage <= Stage.chunkEnd;
    this.complete(host);
    this.isBodyCut = false;
    this.placeShift = 0;
    this.endFrame(0, host);
  }

  protected abstract mustStop(): boolean;
  /** The line ends at `lineEnd`, the data at `end`. How much is used, or PARSE_FAILED. */
  protected abstract readFirstLine(
    bytes: Uint8Array,
    start: number,
    lineEnd: number,
    end: number,
    host: ParseHost,
  ): number;
  /** Data where a first line is expected that is none: how much of it is taken. */
  protected takeLeftover(
    _bytes: Uint8Array,
    _start: number,
    _end: number,
    _host: ParseHost,
  ): number {
    return 0;
  }

  /** The header block is whole: decides about the body. */
  protected abstract headersDone(host: ParseHost): number;
  /** The message is whole. */
  protected abstract messageDone(host: ParseHost): void;
  /** A chunk without a length: how many bytes are used, or PARSE_FAILED. */
  protected abstract badChunk(host: ParseHost): number;

  protected complete(host: ParseHost): void {
    const { transaction, direction } = this;
    if (transaction === null) return;
    if (this.frame !== NO_FRAME) {
      host.frames?.setTransaction(direction, this.frame, transaction.id);
      this.endingFrame = this.frame;
      this.frame = NO_FRAME;
    }
    const message = transaction.message(direction);
    message.isComplete = message.body.isComplete = true;
    transaction.reach(direction, HttpState.complete);
    this.messageDone(host);
    this.transaction = null;
    this.headers = null;
    this.body = null;
    if (this.stage !== Stage.ignored) this.stage = Stage.line;
    host.triggerRaw(direction);
  }

  protected beginBody(stage: number, lengthBytes: number): void {
    this.stage = stage;
    this.left = lengthBytes;
    this.transaction?.reach(this.direction, HttpState.body);
  }

  private step(bytes: Uint8Array, start: number, end: number, host: ParseHost): number {
    switch (this.stage) {
      case Stage.line: {
        const leftover = this.takeLeftover(bytes, start, end, host);
        if (leftover > 0) return leftover;
        const found = this.findLine(bytes, start, end, this.direction === 1);
        if (found < 0) return found;
        return this.readFirstLine(bytes, start, this.lines.lineEnd, end, host);
      }
      case Stage.headers:
      case Stage.trailer:
        return this.readHeaders(bytes, start, end, host);
      case Stage.chunkLength:
        return this.readChunkLength(bytes, start, end, host);
      case Stage.chunkEnd: {
        const lineFeed = findByte(bytes, 0x0a, start, end);
        if (lineFeed < 0) return end - start;
        this.stage = Stage.chunkLength;
        return lineFeed + 1 - start;
      }
      case Stage.fixedBody:
      case Stage.chunkData:
        return this.readCounted(bytes, start, end, host);
      case Stage.openBody:
        this.body?.add(bytes, start, end, host);
        return end - start;
      case Stage.leftover:
        return this.readLeftover(bytes, start, end, host);
      default:
        return end - start;
    }
  }

  /** A line that begins no other message is taken for more of the body, as browsers do. */
  private readLeftover(bytes: Uint8Array, start: number, end: number, host: ParseHost): number {
    if (this.beginsMessage(bytes, start, end)) {
      this.endMessage(host);
      return 0;
    }
    const lineFeed = findByte(bytes, 0x0a, start, end);
    const lineEnd = lineFeed < 0 ? end : lineFeed + 1;
    this.transaction?.note("response_body_unexpected");
    this.body?.add(bytes, start, lineEnd, host);
    return lineEnd - start;
  }

  private endMessage(host: ParseHost): void {
    this.body?.finish(true, host);
    this.complete(host);
  }

  /** Whether the data, right behind a message, is the next one; requests always are. */
  protected beginsMessage(_bytes: Uint8Array, _start: number, _end: number): boolean {
    return true;
  }

  /** 0 when `lines` found the end of the line at `start`; WAIT or PARSE_FAILED when there is none. */
  private findLine(bytes: Uint8Array, start: number, end: number, acceptsCr: boolean): number {
    const { lines } = this;
    if (lines.find(bytes, start, end, acceptsCr)) return 0;
    if (lines.pendingBytes <= this.options.fieldLimitBytes) return WAIT;
    this.note("request_field_too_long", "response_field_too_long");
    return PARSE_FAILED;
  }

  private readHeaders(bytes: Uint8Array, start: number, end: number, host: ParseHost): number {
    const { headers } = this;
    if (headers === null || this.transaction === null) return PARSE_FAILED;
    const outcome = headers.read(bytes, start, end);
    const { used } = headers;
    if (outcome === HeaderOutcome.failed) return PARSE_FAILED;
    if (outcome === HeaderOutcome.more) return used > 0 ? used : WAIT;
    if (this.stage === Stage.trailer) {
      this.stage = Stage.leftover;
      return used;
    }
    return this.headersDone(host) === PARSE_FAILED ? PARSE_FAILED : used;
  }

  protected beginHeaders(): void {
    if (this.transaction === null) return;
    this.headers = new HeaderBlock(this.transaction, this.direction);
    this.stage = Stage.headers;
    this.transaction.reach(this.direction, HttpState.headers);
  }

  private readChunkLength(bytes: Uint8Array, start: number, end: number, host: ParseHost): number {
    if (this.lines.pendingBytes === 0 && beginsWithJunk(bytes, start, end)) {
      return this.badChunk(host);
    }
    const found = this.findLine(bytes, start, end, false);
    if (found < 0) return found;
    const { lineEnd } = this.lines;
    const { length, hasExtension } = parseChunkLine(bytes, start, lineEnd);
    if (length === ChunkLength.empty) return lineEnd - start;
    if (length === ChunkLength.tooLarge) {
      return this.direction === 0 ? this.badChunk(host) : lineEnd - start;
    }
    if (length === ChunkLength.invalid) return this.badChunk(host);
    if (hasExtension) this.note("request_chunk_extension", "response_chunk_extension");
    if (length > 0) {
      this.stage = Stage.chunkData;
      this.left = length;
    } else this.beginTrailer();
    return lineEnd - start;
  }

  private beginTrailer(): void {
    if (this.transaction === null) return;
    this.stage = Stage.trailer;
    this.headers?.beginTrailer();
    this.transaction.message(this.direction).body.isComplete = true;
    this.transaction.reach(this.direction, HttpState.trailer);
  }

  private readCounted(bytes: Uint8Array, start: number, end: number, host: ParseHost): number {
    const length = Math.min(this.left, end - start);
    this.body?.add(bytes, start, start + length, host);
    this.left -= length;
    if (this.left === 0) this.endOfData();
    return length;
  }

  private endOfData(): void {
    if (this.stage === Stage.chunkData) {
      this.stage = Stage.chunkEnd;
      return;
    }
    this.stage = Stage.leftover;
  }

  protected note(request: HttpEventName, response: HttpEventName): void {
    this.transaction?.note(this.direction === 0 ? request : response);
  }
}
