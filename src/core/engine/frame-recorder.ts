/**
 * Takes what parsers tell of frames into the flow's lists, of the types that rules or event logs ask for, and
 * keeps the stream's bytes until they were looked at. Null in place of this costs nothing: parsers then tell
 * nothing.
 *
 * @hotpath
 */
import type { CompiledRule } from "../detect/compiled-rule.ts";
import { applicationOf } from "../detect/flow-application.ts";
import type { Flow } from "../flow/flow.ts";
import type { Packet } from "../layers/packet.ts";
import type { ApplicationState } from "../protocols/application-state.ts";
import {
  createFlowFrames,
  type FlowFrames,
  FRAME_CHUNK_BYTES,
  type Frame,
  type FrameList,
  type FrameSink,
  NO_FRAME,
  STREAM_FRAME,
} from "../protocols/frame.ts";
import type { StreamBuffer } from "../stream/stream-buffer.ts";
import { type TcpSession, TcpState } from "../stream/tcp-session.ts";

/** Bits of the types that are wanted, by number of the protocol. */
export type FrameTypes = Uint32Array;

/** Types that no one asks for take nothing. */
export const NO_FRAME_TYPES: FrameTypes = new Uint32Array(256);

export class FrameRecorder implements FrameSink {
  created = 0;
  refused = 0;
  private readonly types: FrameTypes;
  private wanted = 0;
  private state: ApplicationState | null = null;
  private buffer: StreamBuffer | null = null;
  /** Offset in the stream of the byte at place 0 of the bytes. */
  private shift = 0;

  private constructor(types: FrameTypes) {
    this.types = types;
  }

  /** Null where no type is wanted. */
  static forTypes(types: FrameTypes): FrameRecorder | null {
    return types.some((bits) => bits !== 0) ? new FrameRecorder(types) : null;
  }

  /**
   * Before a parser gets bytes from `start` on; null when nothing of its protocol is wanted. `session` is null
   * for datagrams.
   */
  begin(
    state: ApplicationState,
    direction: number,
    start: number,
    session: TcpSession | null,
  ): FrameSink | null {
    this.wanted = this.types[state.protocol]!;
    if (this.wanted === 0) return null;
    const buffer = session === null ? null : bufferOf(session, direction);
    this.state = state;
    this.buffer = buffer;
    this.shift = (buffer?.appProgress ?? 0) - start;
    if (state.frames !== null) state.frames[direction]!.isChanged = true;
    if (buffer !== null && (this.wanted & (1 << STREAM_FRAME)) !== 0) {
      const list = this.listOf(direction);
      const before = list.items.length;
      list.openStream(buffer.appProgress);
      if (list.items.length > before) this.keep(buffer.appProgress);
    }
    return this;
  }

  add(
    direction: number,
    type: number,
    at: number,
    lengthBytes: number,
    transactionId = -1,
  ): number {
    if ((this.wanted & (1 << type)) === 0) return NO_FRAME;
    const offset = at + this.shift;
    const frame = this.listOf(direction).add(type, offset, lengthBytes);
    if (frame === null) {
      this.refused++;
      return NO_FRAME;
    }
    this.created++;
    frame.transactionId = transactionId;
    this.keep(offset);
    return frame.id;
  }

  endAt(direction: number, id: number, at: number): void {
    if (id === NO_FRAME) return;
    const frame = this.state?.frames?.[direction]?.byId(id) ?? null;
    if (frame !== null) frame.length = Math.max(at + this.shift - frame.offset, 0);
  }

  setTransaction(direction: number, id: number, transactionId: number): void {
    if (id === NO_FRAME) return;
    const frame = this.state?.frames?.[direction]?.byId(id) ?? null;
    if (frame !== null) frame.transactionId = transactionId;
  }

  *counters(): IterableIterator<readonly [string, number]> {
    yield ["app_layer.frames", this.created];
    yield ["app_layer.frames_refused", this.refused];
  }

  private listOf(direction: number): FrameList {
    const state = this.state!; // set by `begin`, before parsers run
    if (state.frames === null) state.frames = createFlowFrames();
    const list = state.frames[direction]!;
    list.isChanged = true;
    return list;
  }

  private keep(offset: number): void {
    const { buffer } = this;
    if (buffer !== null && offset < buffer.frameKeep) buffer.frameKeep = offset;
  }
}

/** What hears of frames. */
export interface FrameReporter {
  /** Frames of all types are to be noted. */
  readonly wantsFrames?: boolean;
  onFrame?(packet: Packet, flow: Flow, frame: Frame): void;
}

/** The types that rules or reporters ask for. */
export function wantedFrameTypes(
  rules: readonly CompiledRule[],
  reporters: readonly FrameReporter[],
): FrameTypes {
  const types = new Uint32Array(NO_FRAME_TYPES.length);
  if (reporters.some(({ wantsFrames }) => wantsFrames === true)) types.fill(-1);
  for (const { frame } of rules) {
    for (const { type } of frame?.buffers ?? []) types[frame?.protocolId ?? 0]! |= 1 << type;
  }
  return types;
}

/** A recorder of these frames, null when none are wanted; counts of the one before go on. */
export function frameRecorderFor(
  types: FrameTypes,
  before: FrameRecorder | null,
): FrameRecorder | null {
  const recorder = FrameRecorder.forTypes(types);
  if (recorder === null) return null;
  recorder.created = before?.created ?? 0;
  recorder.refused = before?.refused ?? 0;
  return recorder;
}

/** After a packet was inspected: its direction's frames are reported, those that are over go. */
export function endFrames(
  packet: Packet,
  flow: Flow,
  reporters: readonly FrameReporter[],
  isInline: boolean,
): void {
  const frames = applicationOf(flow)?.frames ?? null;
  if (frames !== null) report(packet, flow, frames, reporters);
  release(packet, flow, frames, isInline);
}

/** Frames are reported once they are whole, or long enough. */
function report(
  packet: Packet,
  flow: Flow,
  frames: FlowFrames,
  reporters: readonly FrameReporter[],
): void {
  const { items } = frames[packet.direction]!;
  const session = flow.tcp;
  const progress = session === null ? 0 : bufferOf(session, packet.direction).appProgress;
  const isEnd = session === null || isAtEnd(packet, session);
  for (const frame of items) {
    if (frame.isLogged) continue;
    const came = progress - frame.offset;
    if (!isEnd && came < frame.length && came < FRAME_CHUNK_BYTES) continue;
    frame.isLogged = true;
    for (const reporter of reporters) {
      if (reporter.wantsFrames === true) reporter.onFrame?.(packet, flow, frame);
    }
  }
}

/** Lets go of the frames of the packet's direction that are over, and of the stream's bytes that they held. */
function release(packet: Packet, flow: Flow, frames: FlowFrames | null, isInline: boolean): void {
  const list = frames?.[packet.direction] ?? null;
  const session = flow.tcp;
  if (session === null) {
    list?.clear();
    return;
  }
  const buffer = bufferOf(session, packet.direction);
  if (list === null) {
    buffer.frameKeep = Number.POSITIVE_INFINITY;
    return;
  }
  list.isChanged = false;
  if (isAtEnd(packet, session) || buffer.appDone) list.clear();
  else {
    const all = isInline || session.asynchronous;
    list.removeUntil(all ? buffer.dataEnd : Math.min(buffer.dataEnd, buffer.acknowledgedEnd));
  }
  buffer.frameKeep = list.leftEdge(buffer.appProgress);
}

function isAtEnd(packet: Packet, session: TcpSession): boolean {
  return packet.streamEnd || session.state === TcpState.closed;
}

/** Nothing more comes in the direction: the frame of all its data has a length now. */
export function endStreamFrame(
  frames: FlowFrames,
  direction: number,
  session: TcpSession | null,
): void {
  if (session !== null) frames[direction]!.closeStream(bufferOf(session, direction).dataEnd);
}

function bufferOf(session: TcpSession, direction: number): StreamBuffer {
  return direction === 0 ? session.client : session.server;
}
