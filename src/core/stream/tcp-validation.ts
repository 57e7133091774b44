/**
 * Whether a packet fits its connection: windows, acknowledgments, timestamps, resets.
 *
 * @hotpath
 */

import type { Packet } from "../layers/packet.ts";
import { streamEvent } from "../layers/packet-events.ts";
import { TcpFlag } from "../layers/tcp.ts";
import type { StreamBuffer } from "./stream-buffer.ts";
import type { TcpSession } from "./tcp-session.ts";

const PAWS_IDLE = 24 * 24 * 3600 * 1000;
const INVALID_TIMESTAMP = streamEvent("pkt_invalid_timestamp");
const INVALID_ACK = streamEvent("pkt_invalid_ack");
const BROKEN_ACK = streamEvent("pkt_broken_ack");
const RST_INVALID_ACK = streamEvent("rst_invalid_ack");
const RETRANSMISSION = streamEvent("pkt_retransmission");
const SPURIOUS_RETRANSMISSION = streamEvent("pkt_spurious_retransmission");

/** Bytes of sequence space before `b` that `a` lies; negative when a is before b. */
export function sequenceDistance(a: number, b: number): number {
  return (a - b) | 0;
}

/** Protection against wrapped sequences (RFC 7323): false for a packet older than what was seen. */
export function timestampFits(packet: Packet, sender: StreamBuffer): boolean {
  if (packet.timestampValue === 0) return true;
  const step = (packet.timestampValue - sender.lastTimestamp) | 0;
  if (sender.hasTimestamp && step < 0 && step > -PAWS_IDLE) {
    packet.addEvent(INVALID_TIMESTAMP);
    return false;
  }
  sender.hasTimestamp = true;
  sender.lastTimestamp = packet.timestampValue;
  return true;
}

/** Whether the acknowledgment is one that the data of `receiver` allows. */
export function ackFits(packet: Packet, receiver: StreamBuffer, midstream: boolean): boolean {
  const ack = packet.acknowledgmentNumber;
  if ((packet.tcpFlags & TcpFlag.ack) === 0) {
    if (ack !== 0) packet.addEvent(BROKEN_ACK);
    return true;
  }
  if (midstream) return true;
  const sent = sequenceDistance(receiver.nextSequence, receiver.nextWindow);
  const limit = sent > 0 ? receiver.nextSequence : receiver.nextWindow;
  // One more for a FIN that fills the window.
  if (sequenceDistance(ack, limit) <= 1) return true;
  packet.addEvent(INVALID_ACK);
  return false;
}

/** Whether the data of the packet ends inside the window that the other side granted. */
export function windowFits(packet: Packet, session: TcpSession, sender: StreamBuffer): boolean {
  if (session.midstream || session.asynchronous) return true;
  const end = (packet.sequenceNumber + packet.payloadEnd - packet.payloadStart) | 0;
  return sequenceDistance(end, sender.nextWindow) <= 0;
}

/** Raises the events of data that was sent before; true when nothing of it can be new. */
export function isOldData(packet: Packet, sender: StreamBuffer): boolean {
  const length = packet.payloadEnd - packet.payloadStart;
  if (length === 0) return false;
  const end = (packet.sequenceNumber + length) | 0;
  if (sequenceDistance(end, sender.lastAck) <= 0) {
    packet.addEvent(SPURIOUS_RETRANSMISSION);
    return true;
  }
  const beforeAck = sequenceDistance(packet.sequenceNumber, sender.lastAck) < 0;
  if (beforeAck || sequenceDistance(end, sender.nextSequence) <= 0) packet.addEvent(RETRANSMISSION);
  return false;
}

export function resetFits(
  packet: Packet,
  session: TcpSession,
  sender: StreamBuffer,
  receiver: StreamBuffer,
): boolean {
  if (session.midstream || session.asynchronous) return true;
  const sequence = packet.sequenceNumber;
  const late = sequenceDistance(sequence, sender.lastAck) < 0;
  const span = sequenceDistance(sender.nextWindow, sender.nextSequence);
  const edge = span > 0 ? sender.nextWindow : sender.nextSequence;
  const inWindow = !late && sequenceDistance(sequence, edge) <= 0;
  const exact = sequence === sender.nextSequence;
  const hasAck = (packet.tcpFlags & TcpFlag.ack) !== 0;
  if ((exact || inWindow) && (!hasAck || ackOfReset(packet, receiver))) return true;
  packet.addEvent(RST_INVALID_ACK);
  return false;
}

function ackOfReset(packet: Packet, receiver: StreamBuffer): boolean {
  return sequenceDistance(packet.acknowledgmentNumber, receiver.nextSequence) <= 1;
}

/** Takes over the window and the acknowledgment that the packet carries for the other direction's data. */
export function updateAck(
  packet: Packet,
  session: TcpSession,
  sender: StreamBuffer,
  receiver: StreamBuffer,
): void {
  const isSyn = (packet.tcpFlags & TcpFlag.syn) !== 0;
  const scale = isSyn || !session.scaling ? 0 : sender.windowScale;
  sender.window = packet.window * 2 ** scale;
  if ((packet.tcpFlags & TcpFlag.ack) !== 0) {
    const ack = packet.acknowledgmentNumber;
    if (sequenceDistance(ack, receiver.lastAck) > 0) receiver.lastAck = ack;
    if (sequenceDistance(receiver.lastAck, receiver.nextSequence) > 0) {
      receiver.nextSequence = receiver.lastAck;
    }
  }
  const edge = (receiver.lastAck + sender.window) | 0;
  if (sequenceDistance(edge, receiver.nextWindow) > 0) receiver.nextWindow = edge;
}

/** Moves the next expected sequence number over the packet's data. */
export function advance(packet: Packet, sender: StreamBuffer): void {
  const end = (packet.sequenceNumber + packet.payloadEnd - packet.payloadStart) | 0;
  const joins = sequenceDistance(packet.sequenceNumber, sender.nextSequence) <= 0;
  if (joins && sequenceDistance(end, sender.nextSequence) > 0) sender.nextSequence = end;
}
