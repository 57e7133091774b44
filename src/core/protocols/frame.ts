/**
 * Frames: the pieces that a protocol's data is made of (a request, a record, a header), as parsers come upon
 * them. Rules look into their bytes where they lie in the stream, before any decoding.
 *
 * A frame has a type (a place in its protocol's list `frames`), a direction, an offset in the stream of that
 * direction (in the datagram for UDP) and a length, which may be unknown until later.
 */

/** The length of a frame whose end has not come yet. */
export const FRAME_LENGTH_UNKNOWN = -1;
/** Type of the frame that spans all data of a direction of a TCP connection; in no protocol's list. */
export const STREAM_FRAME = 30;
/** Its name in rules and events. */
export const STREAM_FRAME_NAME = "stream";
/** Types that one protocol may have. */
export const FRAME_TYPES_MAX = STREAM_FRAME;
/** Frames of one direction kept at once, as in Suricata; further ones are counted and left out. */
export const FRAMES_PER_DIRECTION_MAX = 259;
/** Bytes that are kept of a frame that goes on, and that are waited for before a part of it is looked at. */
export const FRAME_CHUNK_BYTES = 2500;
/** What `add` returns for a frame that nobody asked for. */
export const NO_FRAME = 0;

export class Frame {
  readonly type: number;
  /** Number in the direction, from 1. */
  readonly id: number;
  /** Of its first byte, in the stream or the datagram. */
  readonly offset: number;
  /** Bytes, or FRAME_LENGTH_UNKNOWN. */
  length: number;
  /** Number of the transaction that it belongs to; -1 without. */
  transactionId = -1;
  /** Bytes from its start that rules have seen. */
  inspectedBytes = 0;
  isLogged = false;

  constructor(type: number, id: number, offset: number, length: number) {
    this.type = type;
    this.id = id;
    this.offset = offset;
    this.length = length;
  }

  /** The offset of what follows; infinite while the length is unknown. */
  get end(): number {
    return this.length < 0 ? Number.POSITIVE_INFINITY : this.offset + this.length;
  }
}

/** What parsers tell of frames; places are those of the bytes that the call of `parse` was given. */
export interface FrameSink {
  /** Notes a frame that begins at `at`; returns its number, NO_FRAME when nobody wants its type. */
  add(
    direction: number,
    type: number,
    at: number,
    lengthBytes: number,
    transactionId?: number,
  ): number;
  /** The frame ends before `at`. A number of NO_FRAME, or of a frame that is gone, is ignored. */
  endAt(direction: number, id: number, at: number): void;
  setTransaction(direction: number, id: number, transactionId: number): void;
}

/** The frames of one direction of a flow that are not done with, in the order of their coming. */
export class FrameList {
  readonly items: Frame[] = [];
  /** Data came since rules looked last. */
  isChanged = false;
  /** Frames that found no room. */
  refused = 0;
  private created = 0;
  private hasStreamFrame = false;

  /** Null when there is no room. */
  add(type: number, offset: number, length: number): Frame | null {
    if (this.items.length >= FRAMES_PER_DIRECTION_MAX) {
      this.refused++;
      return null;
    }
    const frame = new Frame(type, ++this.created, offset, length);
    this.items.push(frame);
    return frame;
  }

  byId(id: number): Frame | null {
    const { items } = this;
    for (let i = items.length - 1; i >= 0; i--) if (items[i]!.id === id) return items[i]!;
    return null;
  }

  /** The frame of all data, when the first of it came. */
  openStream(offset: number): void {
    if (this.hasStreamFrame) return;
    this.hasStreamFrame = true;
    this.add(STREAM_FRAME, offset, FRAME_LENGTH_UNKNOWN);
  }

  /** No data comes after `end`. */
  closeStream(end: number): void {
    for (const frame of this.items) {
      if (frame.type === STREAM_FRAME && frame.length < 0) frame.length = end - frame.offset;
    }
  }

  /** Takes away the frames that end at or before `offset`: all of their data was looked at. */
  removeUntil(offset: number): void {
    const { items } = this;
    let kept = 0;
    for (let i = 0; i < items.length; i++) {
      const frame = items[i]!;
      if (frame.end > offset) items[kept++] = frame;
    }
    items.length = kept;
  }

  clear(): void {
    this.items.length = 0;
  }

  /** Offset before which no frame needs data any more, parsed up to `progress`; infinite without frames. */
  leftEdge(progress: number): number {
    let edge = Number.POSITIVE_INFINITY;
    for (const frame of this.items) edge = Math.min(edge, leftEdgeOf(frame, progress));
    return edge;
  }
}

/** Both directions' frames of one flow: [to server, to client]. */
export type FlowFrames = readonly [FrameList, FrameList];

export function createFlowFrames(): FlowFrames {
  return [new FrameList(), new FrameList()];
}

function leftEdgeOf(frame: Frame, progress: number): number {
  const seen = progress - frame.offset;
  if (frame.length >= 0 && frame.length <= seen) return progress;
  return seen <= FRAME_CHUNK_BYTES ? frame.offset : progress - FRAME_CHUNK_BYTES;
}
