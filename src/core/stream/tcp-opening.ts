/**
 * How a session begins: with a SYN, a SYN+ACK, or, when that is allowed, in the middle; and openings that are
 * sent again with other contents, of which the answer tells which one counts.
 *
 * @hotpath
 */
import type { Packet } from "../layers/packet.ts";
import { streamEvent } from "../layers/packet-events.ts";
import { type QueuedOpening, type TcpSession, TcpState } from "./tcp-session.ts";
import { hasTimestamp, secondsOf, startTimestamp } from "./tcp-timestamps.ts";
import { grantedWindow } from "./tcp-validation.ts";

const SYN_FLOOD = streamEvent("3whs_syn_flood");
const SYNACK_FLOOD = streamEvent("3whs_synack_flood");
/** What is assumed of connections whose SYNs were not seen. */
const SCALE_MAX = 14;

/** The SYN that begins a session; true when it has data that counts (Fast Open). */
export function beginSession(packet: Packet, session: TcpSession): boolean {
  const { client, server } = session;
  session.setState(TcpState.synSent);
  client.begin(packet.sequenceNumber);
  if (hasTimestamp(packet)) {
    startTimestamp(client, packet.timestampValue, secondsOf(packet));
    client.hasTimestamp = true;
  }
  server.window = packet.window;
  session.scaling = packet.windowScale >= 0;
  server.windowScale = Math.max(packet.windowScale, 0);
  if (packet.fastOpenLength < 0) return false;
  session.fastOpen = true;
  const length = packet.payloadEnd - packet.payloadStart;
  client.nextSequence = (client.nextSequence + length) | 0;
  return length > 0;
}

/** A session that begins with a SYN+ACK: the sender is the server. */
export function pickUpSynAck(packet: Packet, session: TcpSession): void {
  const { client, server } = session;
  session.setState(TcpState.synRecv);
  session.midstream = session.midstreamSynAck = true;
  server.begin(packet.sequenceNumber);
  server.window = packet.window;
  client.begin((packet.acknowledgmentNumber - 1) | 0);
  server.lastAck = packet.sequenceNumber;
  server.nextWindow = (server.lastAck + server.window) | 0;
  if (packet.windowScale >= 0) {
    client.windowScale = packet.windowScale;
    server.windowScale = SCALE_MAX;
    session.scaling = true;
  }
  pickUpTimestamps(packet, session, false);
}

/** A session that begins with data or an ACK of a running connection, or with its FIN. */
export function pickUp(packet: Packet, session: TcpSession, isFin: boolean): void {
  const { client, server } = session;
  session.setState(isFin ? TcpState.finWait1 : TcpState.established);
  session.midstream = session.midstreamWindow = session.scaling = true;
  client.windowScale = server.windowScale = SCALE_MAX;
  client.begin((packet.sequenceNumber - 1) | 0);
  const length = packet.payloadEnd - packet.payloadStart;
  client.nextSequence = (packet.sequenceNumber + length + (isFin ? 1 : 0)) | 0;
  client.window = grantedWindow(packet, client);
  client.nextWindow = (client.lastAck + client.window) | 0;
  server.begin((packet.acknowledgmentNumber - 1) | 0);
  if (isFin) client.finOffset = length;
  pickUpTimestamps(packet, session, true);
}

function pickUpTimestamps(packet: Packet, session: TcpSession, fromClient: boolean): void {
  if (!hasTimestamp(packet)) return;
  const sender = fromClient ? session.client : session.server;
  const receiver = fromClient ? session.server : session.client;
  startTimestamp(sender, packet.timestampValue, secondsOf(packet));
  startTimestamp(receiver, packet.timestampEcho, 0);
  session.timestamps = true;
}

/** A SYN+ACK that fits the SYN. */
export function acceptSynAck(packet: Packet, session: TcpSession): void {
  takeSynAck(session, openingOf(packet));
}

/** Makes a SYN+ACK, perhaps one of those that were queued, the one that counts. */
function takeSynAck(session: TcpSession, opening: QueuedOpening): void {
  const { client, server } = session;
  session.setState(TcpState.synRecv);
  server.begin(opening.sequence);
  client.window = opening.window;
  if (opening.hasTimestamp && client.hasTimestamp) {
    startTimestamp(server, opening.timestamp, opening.timeSeconds);
    session.timestamps = true;
  } else {
    client.lastTimestamp = server.lastTimestamp = 0;
    client.zeroTimestamp = false;
  }
  client.lastAck = opening.acknowledgment;
  client.windowScale = session.scaling && opening.windowScale >= 0 ? opening.windowScale : 0;
  server.nextWindow = (server.lastAck + server.window) | 0;
  client.nextWindow = (client.lastAck + client.window) | 0;
  session.fourWay = false;
}

/** Another SYN for the same connection; raises 3whs_syn_flood when there are too many that differ. */
export function queueSyn(packet: Packet, session: TcpSession, queuedMax: number): void {
  const { client, server } = session;
  const before: QueuedOpening = {
    sequence: client.isnSequence,
    acknowledgment: 0,
    window: server.window,
    windowScale: session.scaling ? server.windowScale : -1,
    hasTimestamp: client.hasTimestamp,
    timestamp: client.lastTimestamp,
    timeSeconds: client.lastPacketSeconds,
  };
  const now = openingOf(packet);
  if (!sameTimestamp(before, now)) {
    enqueue(packet, session, before, queuedMax, SYN_FLOOD, sameTimestamp);
  }
  takeSyn(session, now);
}

/** Makes a SYN the one that counts; sequence numbers stay. */
export function takeSyn(session: TcpSession, syn: QueuedOpening): void {
  const { client, server } = session;
  if (syn.hasTimestamp) {
    startTimestamp(client, syn.timestamp, syn.timeSeconds);
    client.hasTimestamp = true;
  }
  session.scaling = syn.windowScale >= 0;
  server.windowScale = Math.max(syn.windowScale, 0);
  server.window = syn.window;
}

/** The queued SYN whose timestamp the packet echoes. */
export function synOfEcho(packet: Packet, session: TcpSession): QueuedOpening | null {
  const has = hasTimestamp(packet);
  for (const syn of session.queued ?? []) {
    if (syn.hasTimestamp === has && (!has || syn.timestamp === packet.timestampEcho)) return syn;
  }
  return null;
}

/** Another SYN+ACK; false, with 3whs_synack_flood, when there are too many that differ. */
export function queueSynAck(packet: Packet, session: TcpSession, queuedMax: number): boolean {
  return enqueue(packet, session, openingOf(packet), queuedMax, SYNACK_FLOOD, sameOpening);
}

/** Takes over the queued SYN+ACK that the ACK answers, if there is one. */
export function takeAnsweredSynAck(packet: Packet, session: TcpSession): void {
  if (session.queued === null) return;
  const sequence = (packet.acknowledgmentNumber - 1) | 0;
  for (const opening of session.queued) {
    const { acknowledgment } = opening;
    if (opening.sequence === sequence && acknowledgment === packet.sequenceNumber) {
      takeSynAck(session, opening);
      return;
    }
  }
}

export function forgetOpenings(session: TcpSession): void {
  session.queued = null;
}

function enqueue(
  packet: Packet,
  session: TcpSession,
  opening: QueuedOpening,
  queuedMax: number,
  floodEvent: number,
  isSame: (a: QueuedOpening, b: QueuedOpening) => boolean,
): boolean {
  session.queued ??= [];
  const { queued } = session;
  if (queued.some((other) => isSame(other, opening))) return true;
  if (queued.length >= queuedMax) {
    packet.addEvent(floodEvent);
    return false;
  }
  queued.unshift(opening);
  return true;
}

function openingOf(packet: Packet): QueuedOpening {
  return {
    sequence: packet.sequenceNumber,
    acknowledgment: packet.acknowledgmentNumber,
    window: packet.window,
    windowScale: packet.windowScale,
    hasTimestamp: hasTimestamp(packet),
    timestamp: packet.timestampValue,
    timeSeconds: secondsOf(packet),
  };
}

function sameTimestamp(a: QueuedOpening, b: QueuedOpening): boolean {
  return a.hasTimestamp === b.hasTimestamp && a.timestamp === b.timestamp;
}

function sameOpening(a: QueuedOpening, b: QueuedOpening): boolean {
  return (
    sameTimestamp(a, b) &&
    a.window === b.window &&
    a.windowScale === b.windowScale &&
    a.sequence === b.sequence &&
    a.acknowledgment === b.acknowledgment
  );
}
