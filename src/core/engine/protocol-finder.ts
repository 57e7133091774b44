/**
 * Decides what protocol a flow carries from the first data of its directions, and notes on the packet where the
 * two disagree or the wrong side speaks first.
 */
import type { Flow } from "../flow/flow.ts";
import type { Packet } from "../layers/packet.ts";
import { applicationEventCode } from "../layers/packet-events.ts";
import type { ApplicationState } from "../protocols/application-state.ts";
import { NEEDS_MORE, ProtocolDetector } from "../protocols/detection.ts";
import { TO_CLIENT, TO_SERVER } from "../protocols/direction.ts";
import { FAILED_PROTOCOL, type ProtocolRegistry, UNKNOWN_PROTOCOL } from "../protocols/registry.ts";
import { TcpState } from "../stream/tcp-session.ts";

const TCP = 6;
const UDP = 17;
/** Data of a direction without a protocol found in it, after which it is given up. */
export const DETECTION_BYTES_MAX = 100_000;
/** Nothing new is known. */
const UNDECIDED = 0;

const MISMATCH = applicationEventCode("applayer_mismatch_protocol_both_directions");
const WRONG_DIRECTION = applicationEventCode("applayer_wrong_direction_first_data");
const ONE_DIRECTION = applicationEventCode("applayer_detect_protocol_only_one_direction");
const SKIPPED = applicationEventCode("applayer_proto_detection_skipped");
const NO_TLS = applicationEventCode("applayer_no_tls_after_starttls");
const UNEXPECTED = applicationEventCode("applayer_unexpected_protocol");

/** Where the data of a stream lies that was not looked at yet. */
export interface StreamWindow {
  readonly appStart: number;
  readonly appEnd: number;
}

export class ProtocolFinder {
  /** The last data went against the direction of its flow. */
  isReversed = false;
  private readonly registry: ProtocolRegistry;
  private readonly detector: ProtocolDetector;
  private readonly bytes: Uint8Array;
  private readonly midstream: boolean;

  /** `midstream`: flows may be seen from their middle on, so a first datagram may be an answer. */
  constructor(registry: ProtocolRegistry, bytes: Uint8Array, midstream = false) {
    this.registry = registry;
    this.midstream = midstream;
    this.detector = new ProtocolDetector(registry);
    this.bytes = bytes;
  }

  /** The number of the protocol that the flow is to take, FAILED_PROTOCOL, or 0: nothing new. */
  findInStream(
    packet: Packet,
    flow: Flow,
    state: ApplicationState,
    direction: number,
    { appStart: start, appEnd: end }: StreamWindow,
    isMidstream: boolean,
  ): number {
    this.isReversed = false;
    const { sourcePort, destinationPort } = flow;
    const { detector, bytes } = this;
    const found = detector.find(
      TCP,
      direction,
      destinationPort,
      sourcePort,
      bytes,
      start,
      end,
      state.protocolOf(1 - direction),
    );
    if (found === NEEDS_MORE) {
      const isTooMuch = end - start >= DETECTION_BYTES_MAX;
      const isLast = packet.streamEnd || flow.tcp?.state === TcpState.closed;
      if (!isTooMuch && !isLast) return UNDECIDED;
      if (isTooMuch && state.registered === null) packet.addEvent(SKIPPED);
    }
    if (found > 0 && isMidstream && detector.isReversed && state.registered === null) {
      this.isReversed = true;
      return UNDECIDED;
    }
    if (found <= 0 && isMidstream && this.isReversedStream(flow, direction, start, end)) {
      return UNDECIDED;
    }
    state.setDetected(direction);
    if (found <= 0) return noteNothing(packet, state, direction, found !== NEEDS_MORE);
    return this.noteFound(packet, state, direction, found, isMidstream);
  }

  /** Picked up in the middle: the data is what the other side of a known protocol says. Sets isReversed. */
  private isReversedStream(flow: Flow, direction: number, start: number, end: number): boolean {
    const { sourcePort, destinationPort } = flow;
    const { detector, bytes } = this;
    const other = 1 - direction;
    const found = detector.find(TCP, other, sourcePort, destinationPort, bytes, start, end);
    this.isReversed = found > 0;
    return this.isReversed;
  }

  /** The same for the first datagram of a direction. */
  findInDatagram(packet: Packet, flow: Flow, state: ApplicationState): number {
    const { direction } = packet;
    this.isReversed = false;
    if (state.isDetected(direction)) return UNDECIDED;
    state.setDetected(direction);
    const { destinationPort, sourcePort } = flow;
    let found = this.askDatagram(packet, direction, destinationPort, sourcePort);
    if (found > 0) this.isReversed = this.detector.isReversed;
    else if (this.midstream) {
      found = this.askDatagram(packet, 1 - direction, sourcePort, destinationPort);
      this.isReversed = found > 0 && !this.detector.isReversed;
    }
    if (found <= 0) return this.noteUnknownDatagram(state, direction);
    state.setProtocolOf(direction, found);
    if (state.registered !== null && state.registered.id !== found) packet.addEvent(MISMATCH);
    return found;
  }

  private askDatagram(
    { payloadStart, payloadEnd }: Packet,
    direction: number,
    serverPort: number,
    clientPort: number,
  ): number {
    const { detector, bytes } = this;
    return detector.find(UDP, direction, serverPort, clientPort, bytes, payloadStart, payloadEnd);
  }

  private noteUnknownDatagram(state: ApplicationState, direction: number): number {
    state.setProtocolOf(direction, FAILED_PROTOCOL);
    if (state.isDetected(1 - direction)) return FAILED_PROTOCOL;
    // The other direction may still tell, but datagrams need no answer.
    if (state.registered === null) state.protocol = FAILED_PROTOCOL;
    return UNDECIDED;
  }

  private noteFound(
    packet: Packet,
    state: ApplicationState,
    direction: number,
    found: number,
    isMidstream: boolean,
  ): number {
    const isKind = state.registered?.id === found;
    state.setProtocolOf(direction, isKind ? state.protocol : found);
    if (state.registered !== null) {
      if (state.registered.id !== found) packet.addEvent(MISMATCH);
      return UNDECIDED;
    }
    const firstSide = this.registry.of(found)?.declaration.firstSide;
    const first = firstSide === "toServer" ? TO_SERVER : firstSide === "toClient" ? TO_CLIENT : -1;
    if (first >= 0 && first !== state.firstDirection && state.original === UNKNOWN_PROTOCOL) {
      packet.addEvent(WRONG_DIRECTION);
      if (!isMidstream) return FAILED_PROTOCOL;
    }
    this.checkExpected(packet, state, found);
    // What the other direction said may mean something now.
    const other = 1 - direction;
    state.setDetected(other, false);
    if (state.protocolOf(other) === FAILED_PROTOCOL) state.setProtocolOf(other, UNKNOWN_PROTOCOL);
    return found;
  }

  private checkExpected(packet: Packet, { expected }: ApplicationState, found: number): void {
    if (expected === UNKNOWN_PROTOCOL || expected === found) return;
    const isTls = this.registry.of(expected)?.declaration.name === "tls";
    packet.addEvent(isTls ? NO_TLS : UNEXPECTED);
  }
}

/** @param isSure more data would not have told. */
function noteNothing(
  packet: Packet,
  state: ApplicationState,
  direction: number,
  isSure: boolean,
): number {
  const other = 1 - direction;
  if (state.registered !== null) {
    if (isSure && state.protocolOf(other) !== UNKNOWN_PROTOCOL) packet.addEvent(ONE_DIRECTION);
    return UNDECIDED;
  }
  state.setProtocolOf(direction, FAILED_PROTOCOL);
  return state.isDetected(other) ? FAILED_PROTOCOL : UNDECIDED;
}
