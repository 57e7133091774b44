/**
 * The bytes of one frame that are due for inspection, chunk by chunk: holes of the stream part it. A frame that
 * is not whole is looked at when enough of it came; each byte is looked at once, but inline, where the last bytes
 * are looked at again with what follows.
 *
 * @hotpath
 */
import type { Packet } from "../layers/packet.ts";
import { FRAME_CHUNK_BYTES, type Frame } from "../protocols/frame.ts";
import type { StreamBuffer } from "../stream/stream-buffer.ts";
import { type TcpSession, TcpState } from "../stream/tcp-session.ts";

export class FrameChunks {
  /** The chunk that `next` found: places in the arena, and of its first byte in the frame. */
  start = 0;
  end = 0;
  offset = 0;
  /** The frame ends with the chunk. */
  isLast = false;
  /** Bytes from the frame's start that were given out so far, for `inspectedBytes`. */
  reached = 0;
  private readonly isInline: boolean;
  private frame: Frame | null = null;
  private buffer: StreamBuffer | null = null;
  /** Stream offset to go on from, and where the data that may be used ends. */
  private from = 0;
  private until = 0;
  private isOver = true;
  private first = 0;

  constructor(isInline: boolean) {
    this.isInline = isInline;
  }

  /** Whether the frame is to be looked at now. */
  open(frame: Frame, packet: Packet, session: TcpSession | null): boolean {
    this.frame = frame;
    this.reached = 0;
    if (session === null) return this.openDatagram(frame, packet);
    const buffer = packet.direction === 0 ? session.client : session.server;
    this.buffer = buffer;
    const isEnd = packet.streamEnd || session.state === TcpState.closed;
    const all = isEnd || this.isInline || session.asynchronous;
    const usable = all ? buffer.dataEnd : Math.min(buffer.dataEnd, buffer.acknowledgedEnd);
    if (usable <= frame.offset || !this.isDue(frame, buffer, usable, isEnd)) return false;
    this.first = Math.max(buffer.windowStart, frame.offset + frame.inspectedBytes);
    this.until = usable;
    this.rewind();
    return true;
  }

  /** Begins anew with the first chunk. */
  rewind(): void {
    this.from = this.first;
    this.isOver = false;
  }

  /** Sets start, end, offset and isLast to the next chunk; false when there is none. */
  next(): boolean {
    const { frame, buffer } = this;
    if (frame === null || this.isOver) return false;
    if (buffer === null) {
      this.isOver = true;
      return true;
    }
    const at = buffer.nextDataStart(this.from);
    const end = Math.min(buffer.contiguousEnd(at), this.until, frame.end);
    if (end <= at) return false;
    this.start = buffer.arenaOf(at);
    this.end = this.start + (end - at);
    this.offset = at - frame.offset;
    this.isLast = end === frame.end;
    this.isOver = this.isLast;
    this.from = end;
    this.noteReached(end - frame.offset);
    return true;
  }

  private openDatagram(frame: Frame, { payloadStart, payloadEnd }: Packet): boolean {
    this.buffer = null;
    this.start = payloadStart + frame.offset;
    if (this.start >= payloadEnd) return false;
    const end = frame.length < 0 ? payloadEnd : this.start + frame.length;
    this.end = Math.min(end, payloadEnd);
    this.isLast = end <= payloadEnd;
    this.offset = 0;
    this.isOver = false;
    return true;
  }

  private isDue(frame: Frame, buffer: StreamBuffer, usable: number, isEnd: boolean): boolean {
    if (this.isInline) return true;
    const isWhole = frame.end <= usable;
    if (isWhole) return true;
    // As in Suricata: so much of the stream, counted from its start.
    const wanted = isEnd && frame.length < 0 ? 0 : frame.inspectedBytes + FRAME_CHUNK_BYTES;
    if (usable < wanted) return false;
    const available = usable - buffer.leftEdge;
    if (isEnd || available >= FRAME_CHUNK_BYTES) return true;
    return frame.length >= 0 && frame.length <= available;
  }

  private noteReached(byteCount: number): void {
    const isKept = this.isInline && !this.isLast;
    const reached = isKept ? Math.max(byteCount - FRAME_CHUNK_BYTES, 0) : byteCount;
    if (reached > this.reached) this.reached = reached;
  }
}
