/**
 * Packets that are looked at before the state of a connection is: keep-alives (RFC 9293 §3.8.4) and their
 * answers, answers to probes of a closed window, window updates, good ones and suspicious ones, and old
 * acknowledgments. `sender` and `receiver` as in tcp-validation.ts.
 *
 * @hotpath
 */
import type { Packet } from "../layers/packet.ts";
import { streamEvent } from "../layers/packet-events.ts";
import { TcpFlag } from "../layers/tcp.ts";
import type { StreamBuffer } from "./stream-buffer.ts";
import { sackedBytes } from "./tcp-sack.ts";
import { type TcpSession, TcpState } from "./tcp-session.ts";
import { grantedWindow, sequenceDistance } from "./tcp-validation.ts";

const BAD_WINDOW_UPDATE = streamEvent("pkt_bad_window_update");
const CONTROL = TcpFlag.syn | TcpFlag.fin | TcpFlag.rst;
/** Windows over this may shrink a little more than what was acknowledged. */
const SMALL_WINDOW = 1024;
const SHRINK_SLACK = 32;

/** Whether the packet needs no look at the connection's state. */
export function isOddity(
  packet: Packet,
  session: TcpSession,
  sender: StreamBuffer,
  receiver: StreamBuffer,
  bytes: Uint8Array,
): boolean {
  if (isKeepAlive(packet, sender, receiver)) return true;
  if (receiver.keepAlive && isKeepAliveAnswer(packet, sender, receiver)) {
    receiver.keepAlive = sender.keepAlive = false;
    return true;
  }
  sender.keepAlive = false;
  if (session.state < TcpState.established) return false;
  if ((packet.tcpFlags & CONTROL) !== 0) return false;
  if (receiver.windowProbe && isProbeAnswer(packet, sender, receiver)) {
    receiver.windowProbe = false;
    return true;
  }
  if (isLastAckOfClose(packet, session, sender, receiver)) return false;
  if (isWindowUpdate(packet, sender, receiver)) return false;
  if (isBadWindowUpdate(packet, session, sender, receiver)) return true;
  return isOutdated(packet, sender, receiver, bytes);
}

function isKeepAlive(packet: Packet, sender: StreamBuffer, receiver: StreamBuffer): boolean {
  if (packet.payloadEnd - packet.payloadStart > 1) return false;
  if ((packet.tcpFlags & CONTROL) !== 0) return false;
  if (packet.acknowledgmentNumber !== receiver.lastAck) return false;
  if (packet.sequenceNumber !== ((sender.nextSequence - 1) | 0)) return false;
  sender.keepAlive = true;
  return true;
}

function isKeepAliveAnswer(packet: Packet, sender: StreamBuffer, receiver: StreamBuffer): boolean {
  if (packet.payloadEnd > packet.payloadStart || (packet.tcpFlags & CONTROL) !== 0) return false;
  return (
    packet.window !== 0 &&
    grantedWindow(packet, receiver) === receiver.window &&
    packet.acknowledgmentNumber === receiver.lastAck &&
    packet.sequenceNumber === sender.nextSequence
  );
}

function isProbeAnswer(packet: Packet, sender: StreamBuffer, receiver: StreamBuffer): boolean {
  return (
    packet.payloadEnd === packet.payloadStart &&
    packet.window === 0 &&
    receiver.window === 0 &&
    packet.sequenceNumber === sender.nextSequence &&
    packet.acknowledgmentNumber === receiver.lastAck
  );
}

function isLastAckOfClose(
  packet: Packet,
  session: TcpSession,
  sender: StreamBuffer,
  receiver: StreamBuffer,
): boolean {
  const { state } = session;
  const ends =
    state === TcpState.timeWait || state === TcpState.closeWait || state === TcpState.lastAck;
  if (!ends || packet.tcpFlags !== TcpFlag.ack) return false;
  return (
    packet.payloadEnd === packet.payloadStart &&
    packet.sequenceNumber === ((sender.nextSequence + 1) | 0) &&
    packet.acknowledgmentNumber === ((receiver.nextSequence + 1) | 0)
  );
}

function isWindowUpdate(packet: Packet, sender: StreamBuffer, receiver: StreamBuffer): boolean {
  return (
    packet.payloadEnd === packet.payloadStart &&
    packet.window !== 0 &&
    grantedWindow(packet, receiver) !== receiver.window &&
    packet.acknowledgmentNumber === receiver.lastAck &&
    packet.sequenceNumber === sender.nextSequence
  );
}

/**
 * A packet that acknowledges what was not seen and shrinks the window by more than that: what follows would be
 * out of the window, and a forged packet could blind us so. Packets after a loss look much the same.
 */
function isBadWindowUpdate(
  packet: Packet,
  session: TcpSession,
  sender: StreamBuffer,
  receiver: StreamBuffer,
): boolean {
  if (session.state === TcpState.closed) return false;
  const window = grantedWindow(packet, receiver);
  const shrinks = receiver.window - window;
  if (shrinks <= packet.payloadEnd - packet.payloadStart) return false;
  const ack = packet.acknowledgmentNumber;
  if (sequenceDistance(ack, receiver.nextSequence) <= 0) return false;
  if (sequenceDistance(packet.sequenceNumber, sender.nextSequence) <= 0) return false;
  const acknowledged = (ack - receiver.lastAck) >>> 0;
  if (shrinks <= acknowledged + (window > SMALL_WINDOW ? SHRINK_SLACK : 0)) return false;
  packet.addEvent(BAD_WINDOW_UPDATE);
  return true;
}

/** An ACK without data that newer ones have overtaken. */
function isOutdated(
  packet: Packet,
  sender: StreamBuffer,
  receiver: StreamBuffer,
  bytes: Uint8Array,
): boolean {
  if (packet.payloadEnd > packet.payloadStart || (packet.tcpFlags & TcpFlag.ack) === 0)
    return false;
  if (packet.sequenceNumber !== sender.nextSequence) return false;
  if (sequenceDistance(packet.acknowledgmentNumber, receiver.lastAck) >= 0) return false;
  return sackedBytes(packet, receiver, bytes) === 0;
}
