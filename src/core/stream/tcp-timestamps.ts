/**
 * Protection against wrapped sequence numbers by timestamps (RFC 7323 §5), as the host that receives the
 * packet applies it: hosts differ in what a timestamp of zero means and in how strict they are.
 *
 * @hotpath
 */
import type { Packet } from "../layers/packet.ts";
import { streamEvent } from "../layers/packet-events.ts";
import { TcpOption } from "../layers/tcp-options.ts";
import { OverlapPolicy } from "./overlap-policy.ts";
import type { StreamBuffer } from "./stream-buffer.ts";
import type { TcpSession } from "./tcp-session.ts";

/** After 24 days without a packet an old timestamp means nothing. */
const IDLE_SECONDS = 24 * 24 * 3600;
const INVALID_TIMESTAMP = streamEvent("pkt_invalid_timestamp");

export function hasTimestamp(packet: Packet): boolean {
  return (packet.tcpOptions & TcpOption.timestamp) !== 0;
}

export function secondsOf(packet: Packet): number {
  return Math.floor(packet.timeUs / 1_000_000);
}

/** Remembers the first timestamp of a direction. */
export function startTimestamp(buffer: StreamBuffer, value: number, seconds: number): void {
  buffer.lastTimestamp = value;
  buffer.lastPacketSeconds = seconds;
  buffer.zeroTimestamp = value === 0;
}

/** False, with pkt_invalid_timestamp, for a packet that the receiving host would ignore. */
export function timestampFits(
  packet: Packet,
  session: TcpSession,
  sender: StreamBuffer,
  policy: number,
): boolean {
  if (!session.timestamps || !hasTimestamp(packet)) return true;
  if (packet.timestampValue === 0 && !acceptsZero(policy)) {
    packet.addEvent(INVALID_TIMESTAMP);
    return false;
  }
  if (!isChecked(packet, sender, policy) || isNew(packet, session, sender, policy)) return true;
  packet.addEvent(INVALID_TIMESTAMP);
  return false;
}

/** Takes over the timestamp of an accepted packet. */
export function noteTimestamp(
  packet: Packet,
  session: TcpSession,
  sender: StreamBuffer,
  policy: number,
): void {
  if (!session.timestamps) return;
  if (!hasTimestamp(packet)) {
    const isSolaris = policy === OverlapPolicy.solaris || policy === OverlapPolicy.oldSolaris;
    if (isSolaris) session.timestamps = false;
    return;
  }
  const value = packet.timestampValue;
  const inOrder = packet.sequenceNumber === sender.nextSequence;
  const isChecking = isChecked(packet, sender, policy);
  if (sender.zeroTimestamp) noteZeroStart(session, sender, policy, inOrder, value);
  if (value === 0 && !acceptsZero(policy)) return;
  if (!isChecking || !isNew(packet, session, sender, policy)) return;
  // A retransmission must not set the clock back for what comes after it.
  if (inOrder || step(packet, sender, policy) < 0) sender.lastTimestamp = value;
  sender.lastPacketSeconds = secondsOf(packet);
}

function noteZeroStart(
  session: TcpSession,
  sender: StreamBuffer,
  policy: number,
  inOrder: boolean,
  value: number,
): void {
  if (neverZero(policy)) session.timestamps = false;
  else if (startsLate(policy)) {
    sender.zeroTimestamp = false;
    if (inOrder) sender.lastTimestamp = value;
  }
}

/** Whether the host compares this packet's timestamp at all. */
function isChecked(packet: Packet, sender: StreamBuffer, policy: number): boolean {
  const inOrder = packet.sequenceNumber === sender.nextSequence;
  if (policy === OverlapPolicy.hpux11 && !inOrder) return false;
  if (!sender.zeroTimestamp) return true;
  return !(neverZero(policy) || (startsLate(policy) && inOrder));
}

function isNew(packet: Packet, session: TcpSession, sender: StreamBuffer, policy: number): boolean {
  const seconds = secondsOf(packet);
  const isUnknown = sender.lastPacketSeconds === 0 && session.midstream;
  const idle = !isUnknown && seconds > sender.lastPacketSeconds + IDLE_SECONDS;
  const isOld = step(packet, sender, policy) < 0 || (sender.lastTimestamp !== 0 && idle);
  return !isOld || (idle && packet.sequenceNumber === sender.nextSequence);
}

function step(packet: Packet, sender: StreamBuffer, policy: number): number {
  // Linux lets a timestamp be one behind.
  const slack = policy === OverlapPolicy.linux ? 1 : 0;
  return (packet.timestampValue - sender.lastTimestamp + slack) | 0;
}

/** Hosts that ignore timestamps for good when the handshake had a zero. */
function neverZero(policy: number): boolean {
  return policy === OverlapPolicy.linux || policy === OverlapPolicy.windows2k3;
}

/** Hosts that begin with the first timestamp after a handshake with a zero. */
function startsLate(policy: number): boolean {
  return (
    policy === OverlapPolicy.oldLinux ||
    policy === OverlapPolicy.windows ||
    policy === OverlapPolicy.vista
  );
}

function acceptsZero(policy: number): boolean {
  switch (policy) {
    case OverlapPolicy.oldLinux:
    case OverlapPolicy.windows:
    case OverlapPolicy.windows2k3:
    case OverlapPolicy.vista:
    case OverlapPolicy.solaris:
    case OverlapPolicy.oldSolaris:
      return true;
    default:
      return false;
  }
}

/** Whether the answer to a SYN echoes its timestamp; a SYN without one leaves nothing to compare with. */
export function echoFits(
  packet: Packet,
  client: StreamBuffer,
  clientHasTimestamp: boolean,
): boolean {
  if (!hasTimestamp(packet) || !clientHasTimestamp) return true;
  const echo = packet.timestampEcho;
  return client.lastTimestamp === 0 || echo === 0 || echo === client.lastTimestamp;
}

export function raiseInvalidTimestamp(packet: Packet): void {
  packet.addEvent(INVALID_TIMESTAMP);
}
