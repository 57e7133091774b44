/**
 * Packets of a connection that is being closed: the states after the first FIN. They differ in what sequence
 * number they expect, in the events that say it was another, and in the state they lead to. Each function
 * returns an Outcome.
 *
 * @hotpath
 */
import type { Packet } from "../layers/packet.ts";
import { streamEvent } from "../layers/packet-events.ts";
import { TcpFlag } from "../layers/tcp.ts";
import type { StreamBuffer } from "./stream-buffer.ts";
import { Outcome, refuse } from "./tcp-outcome.ts";
import { sackedBytes } from "./tcp-sack.ts";
import { type TcpSession, TcpState } from "./tcp-session.ts";
import { noteTimestamp, timestampFits } from "./tcp-timestamps.ts";
import {
  ackFits,
  catchUp,
  endOf,
  isRetransmission,
  noteAck,
  raiseWindow,
  sequenceDistance,
  setNext,
  setWindow,
  windowFits,
} from "./tcp-validation.ts";

const SYN_RESEND = streamEvent("shutdown_syn_resend");
const FIN1_ACK_WRONG_SEQUENCE = streamEvent("fin1_ack_wrong_seq");
const FIN1_FIN_WRONG_SEQUENCE = streamEvent("fin1_fin_wrong_seq");
const FIN1_INVALID_ACK = streamEvent("fin1_invalid_ack");
const FIN2_ACK_WRONG_SEQUENCE = streamEvent("fin2_ack_wrong_seq");
const FIN2_FIN_WRONG_SEQUENCE = streamEvent("fin2_fin_wrong_seq");
const FIN2_INVALID_ACK = streamEvent("fin2_invalid_ack");
const CLOSING_WRONG_SEQUENCE = streamEvent("closing_ack_wrong_seq");
const CLOSING_INVALID_ACK = streamEvent("closing_invalid_ack");
const CLOSE_WAIT_ACK_OUT_OF_WINDOW = streamEvent("closewait_ack_out_of_window");
const CLOSE_WAIT_FIN_OUT_OF_WINDOW = streamEvent("closewait_fin_out_of_window");
const CLOSE_WAIT_INVALID_ACK = streamEvent("closewait_invalid_ack");
const CLOSE_WAIT_BEFORE_ACK = streamEvent("closewait_pkt_before_last_ack");
const LAST_ACK_WRONG_SEQUENCE = streamEvent("lastack_ack_wrong_seq");
const LAST_ACK_INVALID_ACK = streamEvent("lastack_invalid_ack");
const TIME_WAIT_WRONG_SEQUENCE = streamEvent("timewait_ack_wrong_seq");
const TIME_WAIT_INVALID_ACK = streamEvent("timewait_invalid_ack");

/** Any packet but RST. @param policy OverlapPolicy of the packet's receiver. */
export function inClosing(
  packet: Packet,
  session: TcpSession,
  toServer: boolean,
  policy: number,
  bytes: Uint8Array,
): number {
  const sender = toServer ? session.client : session.server;
  const flags = packet.tcpFlags;
  const { state } = session;
  const isFin = (flags & TcpFlag.fin) !== 0 && state !== TcpState.closing;
  if (isFin && (state === TcpState.lastAck || state === TcpState.timeWait)) return Outcome.ignored;
  if (!isFin && (flags & TcpFlag.syn) !== 0) return refuse(packet, SYN_RESEND);
  if (!isFin && (flags & TcpFlag.ack) === 0) return Outcome.ignored;
  if (!timestampFits(packet, session, sender, policy)) return Outcome.refused;
  switch (state) {
    case TcpState.finWait1:
      return isFin
        ? finInFinWait1(packet, session, toServer, policy)
        : ackInFinWait1(packet, session, toServer, policy, bytes);
    case TcpState.finWait2:
      return isFin
        ? finInFinWait2(packet, session, toServer, policy)
        : ackInFinWait2(packet, session, toServer, policy, bytes);
    case TcpState.closing:
      return ackInClosing(packet, session, toServer, policy);
    case TcpState.closeWait:
      return isFin
        ? finInCloseWait(packet, session, toServer, policy)
        : ackInCloseWait(packet, session, toServer, policy);
    case TcpState.lastAck:
      return toServer ? ackInLastAck(packet, session, policy) : Outcome.ignored;
    default:
      return ackInTimeWait(packet, session, toServer, policy);
  }
}

function finInFinWait1(
  packet: Packet,
  session: TcpSession,
  toServer: boolean,
  policy: number,
): number {
  const sender = toServer ? session.client : session.server;
  const receiver = toServer ? session.server : session.client;
  const hasAck = (packet.tcpFlags & TcpFlag.ack) !== 0;
  let again = isRetransmission(packet, sender);
  if (!again && !toServer && hasAck) again = isSameFin(packet, sender, receiver);
  const early = (sender.nextSequence - 1) | 0;
  if (!again && !fromTo(packet, sender, early)) return refuse(packet, FIN1_FIN_WRONG_SEQUENCE);
  if (!ackFits(packet, session, receiver)) return refuse(packet, FIN1_INVALID_ACK);
  if (!again) {
    session.setState(hasAck ? TcpState.timeWait : TcpState.closing);
    setWindow(packet, receiver);
  }
  const expected = toServer && hasAck ? sender.nextSequence : early;
  const moves = packet.sequenceNumber === expected;
  noteTimestamp(packet, session, sender, policy);
  if (again && hasAck && !toServer) return Outcome.accepted;
  acknowledgeFin(packet, receiver);
  if (moves) setNext(session, sender, endOf(packet));
  noteFin(packet, sender, again);
  noteAck(packet, receiver);
  return Outcome.accepted;
}

function ackInFinWait1(
  packet: Packet,
  session: TcpSession,
  toServer: boolean,
  policy: number,
  bytes: Uint8Array,
): number {
  const sender = toServer ? session.client : session.server;
  const receiver = toServer ? session.server : session.client;
  const again = isRetransmission(packet, sender);
  if (!ackFits(packet, session, receiver)) return refuse(packet, FIN1_INVALID_ACK);
  const expected = toServer ? sender.nextSequence : (sender.nextSequence - 1) | 0;
  const acksFin = packet.acknowledgmentNumber === receiver.nextSequence;
  if (!again && (!toServer || acksFin)) {
    if (!windowFits(packet, session, sender)) return refuse(packet, FIN1_ACK_WRONG_SEQUENCE);
    if (packet.sequenceNumber === expected) session.setState(TcpState.finWait2);
    setWindow(packet, receiver);
  }
  noteTimestamp(packet, session, sender, policy);
  acknowledgeFin(packet, receiver);
  if (packet.sequenceNumber === expected) setNext(session, sender, endOf(packet));
  noteAck(packet, receiver);
  raiseWindow(receiver, sackedBytes(packet, receiver, bytes));
  return Outcome.accepted;
}

function finInFinWait2(
  packet: Packet,
  session: TcpSession,
  toServer: boolean,
  policy: number,
): number {
  const sender = toServer ? session.client : session.server;
  const receiver = toServer ? session.server : session.client;
  const again = isSameFin(packet, sender, receiver) || isRetransmission(packet, sender);
  if (!again && !fromTo(packet, sender, sender.nextSequence)) {
    return refuse(packet, FIN2_FIN_WRONG_SEQUENCE);
  }
  if (!ackFits(packet, session, receiver)) return refuse(packet, FIN2_INVALID_ACK);
  if (!again) {
    session.setState(TcpState.timeWait);
    const moves = toServer && sender.nextSequence === packet.sequenceNumber;
    if (moves) setNext(session, sender, endOf(packet));
    setWindow(packet, receiver);
  }
  noteFin(packet, sender, again);
  return settle(packet, session, sender, receiver, policy);
}

function ackInFinWait2(
  packet: Packet,
  session: TcpSession,
  toServer: boolean,
  policy: number,
  bytes: Uint8Array,
): number {
  const sender = toServer ? session.client : session.server;
  const receiver = toServer ? session.server : session.client;
  const again = isRetransmission(packet, sender);
  if (!ackFits(packet, session, receiver)) return refuse(packet, FIN2_INVALID_ACK);
  if (!again) {
    if (!windowFits(packet, session, sender)) return refuse(packet, FIN2_ACK_WRONG_SEQUENCE);
    setWindow(packet, receiver);
  }
  noteTimestamp(packet, session, sender, policy);
  moveNext(packet, session, sender);
  noteAck(packet, receiver);
  raiseWindow(receiver, sackedBytes(packet, receiver, bytes));
  return Outcome.accepted;
}

function ackInClosing(
  packet: Packet,
  session: TcpSession,
  toServer: boolean,
  policy: number,
): number {
  const sender = toServer ? session.client : session.server;
  const receiver = toServer ? session.server : session.client;
  const again = isRetransmission(packet, sender);
  if (packet.sequenceNumber !== sender.nextSequence) {
    return refuse(packet, CLOSING_WRONG_SEQUENCE);
  }
  if (!ackFits(packet, session, receiver)) return refuse(packet, CLOSING_INVALID_ACK);
  if (!again) {
    session.setState(TcpState.timeWait);
    setWindow(packet, receiver);
  }
  return settle(packet, session, sender, receiver, policy);
}

function finInCloseWait(
  packet: Packet,
  session: TcpSession,
  toServer: boolean,
  policy: number,
): number {
  const sender = toServer ? session.client : session.server;
  const receiver = toServer ? session.server : session.client;
  const again = isRetransmission(packet, sender);
  if (!again && !fromTo(packet, sender, sender.nextSequence)) {
    return refuse(packet, CLOSE_WAIT_FIN_OUT_OF_WINDOW);
  }
  if (!ackFits(packet, session, receiver)) return refuse(packet, CLOSE_WAIT_INVALID_ACK);
  if (!again) {
    // Another FIN of the client changes nothing: the server's is awaited.
    if (!toServer) session.setState(TcpState.lastAck);
    setWindow(packet, receiver);
  }
  noteFin(packet, sender, again);
  return settle(packet, session, sender, receiver, policy);
}

function ackInCloseWait(
  packet: Packet,
  session: TcpSession,
  toServer: boolean,
  policy: number,
): number {
  const sender = toServer ? session.client : session.server;
  const receiver = toServer ? session.server : session.client;
  const again = isRetransmission(packet, sender);
  const hasData = packet.payloadEnd > packet.payloadStart;
  if (hasData && sequenceDistance(endOf(packet), sender.lastAck) <= 0) {
    return refuse(packet, CLOSE_WAIT_BEFORE_ACK);
  }
  if (sequenceDistance(packet.sequenceNumber, (sender.lastAck + sender.window) | 0) > 0) {
    return refuse(packet, CLOSE_WAIT_ACK_OUT_OF_WINDOW);
  }
  if (!ackFits(packet, session, receiver)) return refuse(packet, CLOSE_WAIT_INVALID_ACK);
  if (!again) setWindow(packet, receiver);
  noteTimestamp(packet, session, sender, policy);
  catchUp(packet, receiver);
  moveNext(packet, session, sender);
  noteAck(packet, receiver);
  return Outcome.accepted;
}

function ackInLastAck(packet: Packet, session: TcpSession, policy: number): number {
  const { client, server } = session;
  const again = isRetransmission(packet, client);
  if (!ackFits(packet, session, server)) return refuse(packet, LAST_ACK_INVALID_ACK);
  if (!again) {
    const ahead = sequenceDistance(packet.sequenceNumber, client.nextSequence);
    if (ahead > 1) return refuse(packet, LAST_ACK_WRONG_SEQUENCE);
    if (ahead >= 0) session.setState(TcpState.closed);
    setWindow(packet, server);
  }
  return settle(packet, session, client, server, policy);
}

function ackInTimeWait(
  packet: Packet,
  session: TcpSession,
  toServer: boolean,
  policy: number,
): number {
  const sender = toServer ? session.client : session.server;
  const receiver = toServer ? session.server : session.client;
  const again = isRetransmission(packet, sender);
  if (!again) {
    const ahead = sequenceDistance(packet.sequenceNumber, sender.nextSequence);
    const fits = toServer ? ahead === 0 || ahead === 1 : ahead === 0 || ahead === -1;
    if (!fits) {
      const hasData = packet.payloadEnd > packet.payloadStart;
      if (!toServer && hasData && packet.sequenceNumber === sender.lastAck) return Outcome.ignored;
      return refuse(packet, TIME_WAIT_WRONG_SEQUENCE);
    }
  }
  if (!ackFits(packet, session, receiver)) return refuse(packet, TIME_WAIT_INVALID_ACK);
  if (!again) {
    session.setState(TcpState.closed);
    setWindow(packet, receiver);
  }
  return settle(packet, session, sender, receiver, policy);
}

/** What most accepted packets end with. */
function settle(
  packet: Packet,
  session: TcpSession,
  sender: StreamBuffer,
  receiver: StreamBuffer,
  policy: number,
): number {
  noteTimestamp(packet, session, sender, policy);
  catchUp(packet, receiver);
  noteAck(packet, receiver);
  return Outcome.accepted;
}

/** The packet repeats the FIN that was just seen. */
function isSameFin(packet: Packet, sender: StreamBuffer, receiver: StreamBuffer): boolean {
  return (
    packet.sequenceNumber === ((sender.nextSequence - 1) | 0) &&
    packet.acknowledgmentNumber === receiver.lastAck
  );
}

/** Whether the packet begins at `first` or later, inside the window. */
function fromTo(packet: Packet, sender: StreamBuffer, first: number): boolean {
  const sequence = packet.sequenceNumber;
  return (
    sequenceDistance(sequence, first) >= 0 &&
    sequenceDistance(sequence, (sender.lastAck + sender.window) | 0) <= 0
  );
}

/** As catchUp, when the receiver's FIN, which counts as one, may be the last thing acknowledged. */
function acknowledgeFin(packet: Packet, receiver: StreamBuffer): void {
  const ack = packet.acknowledgmentNumber;
  if (sequenceDistance((receiver.nextSequence - 1) | 0, ack) < 0) receiver.nextSequence = ack;
}

function moveNext(packet: Packet, session: TcpSession, sender: StreamBuffer): void {
  if (packet.sequenceNumber === sender.nextSequence) setNext(session, sender, endOf(packet));
}

/** Remembers where the data of a direction ends. */
function noteFin(packet: Packet, sender: StreamBuffer, again: boolean): void {
  if (!again && sender.finOffset < 0) sender.finOffset = sender.offsetOf(endOf(packet));
}
