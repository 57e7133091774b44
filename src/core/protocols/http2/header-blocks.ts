/**
 * Header blocks of one direction (RFC 9113 §4.3, §6.2, §6.6, §6.10): takes HEADERS, PUSH_PROMISE and CONTINUATION,
 * puts the pieces of a block together and decodes it when it is whole. At the limit a block is given up.
 */
import { readUint32 } from "../../bytes/endian.ts";
import { StreamedBody } from "../body.ts";
import { type Frame, FrameFlag, FrameType, newFrame } from "./frames.ts";
import { type HeaderField, HpackDecoder, HpackError } from "./hpack.ts";
import type { Http2Options } from "./options.ts";
import { Http2Event } from "./transaction.ts";

/** Fields of one block that are decoded; a block of 16 KiB cannot have more. */
const FIELDS_MAX = 16_384;
const PRIORITY_BYTES = 5;

export class HeaderBlocks {
  readonly decoder: HpackDecoder;
  // What the last `take` found.
  /** The stream that the block belongs to: of a promise, the promised one. */
  streamId = 0;
  /** The block is whole: `flags` and `type` are those of its first frame. */
  isWhole = false;
  flags = 0;
  type = 0;
  /** Null: the frame makes no sense. */
  frame: Frame | null = null;
  readonly events: number[] = [];
  private readonly limitBytes: number;
  /** Pieces of a block that is not whole; null without one. */
  private pieces: StreamedBody | null = null;
  private isGivenUp = false;

  constructor({ tableBytesMax, reassemblyBytesMax }: Http2Options) {
    this.decoder = new HpackDecoder(tableBytesMax);
    this.limitBytes = reassemblyBytesMax;
  }

  take(
    type: number,
    flags: number,
    streamId: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): void {
    this.events.length = 0;
    this.frame = null;
    this.isWhole = false;
    if (type === FrameType.continuation) {
      if (this.pieces === null && !this.isGivenUp) this.begin(type, flags, streamId);
      this.addPiece(newFrame(type), flags, bytes, start, end);
      return;
    }
    this.begin(type, flags, streamId);
    let at = start;
    let padding = 0;
    if ((flags & FrameFlag.padded) !== 0 && at < end) padding = bytes[at++]!;
    const hasPriority = type === FrameType.headers && (flags & FrameFlag.priority) !== 0;
    const fixedBytes = hasPriority ? PRIORITY_BYTES : type === FrameType.pushPromise ? 4 : 0;
    if (at + fixedBytes + padding > end) {
      this.events.push(Http2Event.invalidFrameData);
      return;
    }
    if (type === FrameType.pushPromise) this.streamId = readUint32(bytes, at) & 0x7fff_ffff;
    const priority = hasPriority ? bytes[at + PRIORITY_BYTES - 1]! : -1;
    this.addPiece(newFrame(type, { priority }), flags, bytes, at + fixedBytes, end - padding);
  }

  private begin(type: number, flags: number, streamId: number): void {
    this.type = type;
    this.flags = flags;
    this.streamId = streamId;
    this.pieces = null;
    this.isGivenUp = false;
  }

  private addPiece(
    frame: Frame,
    flags: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): void {
    this.frame = frame;
    const isLast = (flags & FrameFlag.endHeaders) !== 0;
    this.isWhole = isLast;
    if (isLast && this.pieces === null && !this.isGivenUp) {
      this.frame = this.decode(frame, bytes, start, end);
      return;
    }
    if (!this.isGivenUp) this.keep(bytes, start, end);
    if (!isLast) return;
    const { pieces } = this;
    if (pieces !== null) this.frame = this.decode(frame, pieces.bytes, pieces.start, pieces.end);
    this.pieces = null;
    this.isGivenUp = false;
  }

  private keep(bytes: Uint8Array, start: number, end: number): void {
    this.pieces ??= new StreamedBody();
    if (this.pieces.totalBytes + (end - start) <= this.limitBytes) {
      this.pieces.append(bytes, start, end);
      return;
    }
    this.events.push(Http2Event.reassemblyLimitReached);
    this.pieces = null;
    this.isGivenUp = true;
  }

  private decode(frame: Frame, bytes: Uint8Array, start: number, end: number): Frame {
    const fields = this.decoder.decode(bytes, start, end, FIELDS_MAX);
    const event = eventOf(fields);
    if (event >= 0) this.events.push(event);
    return { ...frame, fields };
  }
}

/** The event of the last field, where decoding stops; -1 without. */
function eventOf(fields: readonly HeaderField[]): number {
  const error = fields.at(-1)?.error ?? HpackError.none;
  if (error === HpackError.none) return -1;
  return error === HpackError.integerOverflow
    ? Http2Event.headerIntegerOverflow
    : Http2Event.invalidHeader;
}
