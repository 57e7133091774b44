/**
 * Whether a packet fits its connection: sequence numbers, acknowledgments, windows, resets; and the steps that
 * move them forward. `sender` is the direction that the packet's data belongs to, `receiver` the one that it
 * acknowledges (RFC 9293 §3.4; resets by the kind of host, as targets differ).
 *
 * @hotpath
 */
import type { Packet } from "../layers/packet.ts";
import { streamEvent } from "../layers/packet-events.ts";
import { TcpFlag } from "../layers/tcp.ts";
import { OverlapPolicy } from "./overlap-policy.ts";
import type { StreamBuffer } from "./stream-buffer.ts";
import { type TcpSession, TcpState } from "./tcp-session.ts";

const INVALID_ACK = streamEvent("pkt_invalid_ack");
const RST_INVALID_ACK = streamEvent("rst_invalid_ack");
const RETRANSMISSION = streamEvent("pkt_retransmission");

/** Bytes of sequence space that `a` lies after `b`; negative when it is before. */
export function sequenceDistance(a: number, b: number): number {
  return (a - b) | 0;
}

/** Sequence number after the packet's data. */
export function endOf(packet: Packet): number {
  return (packet.sequenceNumber + packet.payloadEnd - packet.payloadStart) | 0;
}

/** The window that the packet grants to the other direction, scaled: by at most 14 bits, so it stays positive. */
export function grantedWindow(packet: Packet, receiver: StreamBuffer): number {
  return packet.window << receiver.windowScale;
}

/** Whether the acknowledgment is one that the data of `receiver` allows; raises pkt_invalid_ack if not. */
export function ackFits(packet: Packet, session: TcpSession, receiver: StreamBuffer): boolean {
  if ((packet.tcpFlags & TcpFlag.ack) === 0) return true;
  const ack = packet.acknowledgmentNumber;
  const ahead = sequenceDistance(ack, receiver.lastAck);
  if (ahead === 0) return true;
  if (ahead < 0) {
    // An old acknowledgment, unless it is older than any that can be under way.
    if (receiver.window === 0 || -ahead <= receiver.window) return true;
  } else {
    if (sequenceDistance(ack, receiver.nextWindow) <= 0) return true;
    if (session.asynchronous) return true;
    const refusesSyn =
      session.state === TcpState.synSent &&
      receiver === session.client &&
      (packet.tcpFlags & TcpFlag.rst) !== 0;
    if (refusesSyn && ack === ((receiver.isnSequence + 1) | 0)) return true;
  }
  packet.addEvent(INVALID_ACK);
  return false;
}

/** Whether the data of the packet ends inside the window that the other side granted. */
export function windowFits(packet: Packet, session: TcpSession, sender: StreamBuffer): boolean {
  if (session.midstream || session.asynchronous) return true;
  return sequenceDistance(endOf(packet), sender.nextWindow) <= 0;
}

/** Data that was sent before, acknowledged or not; raises pkt_retransmission. */
export function isRetransmission(packet: Packet, sender: StreamBuffer): boolean {
  if (packet.payloadEnd <= packet.payloadStart) return false;
  const end = endOf(packet);
  const old =
    sequenceDistance(packet.sequenceNumber, sender.lastAck) < 0 ||
    sequenceDistance(end, sender.lastAck) <= 0 ||
    sequenceDistance(end, sender.nextSequence) <= 0;
  if (old) packet.addEvent(RETRANSMISSION);
  return old;
}

/** Whether the host that receives the reset would believe it. @param policy its OverlapPolicy. */
export function resetFits(
  packet: Packet,
  session: TcpSession,
  sender: StreamBuffer,
  receiver: StreamBuffer,
  policy: number,
): boolean {
  const hasAck = (packet.tcpFlags & TcpFlag.ack) !== 0 && packet.acknowledgmentNumber !== 0;
  if (hasAck && !ackFits(packet, session, receiver)) {
    packet.addEvent(RST_INVALID_ACK);
    return false;
  }
  const ahead = sequenceDistance(packet.sequenceNumber, sender.nextSequence);
  if (session.asynchronous) return ahead >= 0;
  switch (policy) {
    case OverlapPolicy.hpux11:
      return ahead >= 0;
    case OverlapPolicy.oldLinux:
    case OverlapPolicy.linux:
    case OverlapPolicy.solaris:
    case OverlapPolicy.oldSolaris:
      return (
        sequenceDistance(endOf(packet), sender.lastAck) >= 0 && (ahead < 0 || ahead < sender.window)
      );
    default:
      return ahead === 0;
  }
}

/** Moves the acknowledged edge of `receiver` forward. */
export function noteAck(packet: Packet, receiver: StreamBuffer): void {
  if ((packet.tcpFlags & TcpFlag.ack) === 0) return;
  const ack = packet.acknowledgmentNumber;
  if (sequenceDistance(ack, receiver.lastAck) > 0) receiver.lastAck = ack;
}

/** Data of `receiver` that was acknowledged but not seen counts as sent. */
export function catchUp(packet: Packet, receiver: StreamBuffer): void {
  const ack = packet.acknowledgmentNumber;
  if (sequenceDistance(receiver.nextSequence, ack) < 0) receiver.nextSequence = ack;
}

/** The next sequence number that is expected of `sender`; without a second side it is acknowledged at once. */
export function setNext(session: TcpSession, sender: StreamBuffer, sequence: number): void {
  sender.nextSequence = sequence;
  if (!session.asynchronous) return;
  if (sequenceDistance(sequence, sender.lastAck) > 0) sender.lastAck = sequence;
}

/** Moves the right edge of what `receiver` may send, selective acknowledgments included. */
export function raiseWindow(receiver: StreamBuffer, sackedBytes: number): void {
  const edge = (receiver.lastAck + receiver.window + sackedBytes) | 0;
  if (sequenceDistance(edge, receiver.nextWindow) > 0) receiver.nextWindow = edge;
}

export function setWindow(packet: Packet, receiver: StreamBuffer): void {
  receiver.window = grantedWindow(packet, receiver);
}
