/**
 * The first packets of a connection: SYN, SYN+ACK and the ACK that makes it established. Each function
 * returns whether the packet belongs to the connection, so that its data counts.
 *
 * @hotpath
 */
import type { Packet } from "../layers/packet.ts";
import { streamEvent } from "../layers/packet-events.ts";
import { TcpFlag } from "../layers/tcp.ts";
import type { StreamOptions } from "./stream-options.ts";
import { type TcpSession, TcpState } from "./tcp-session.ts";
import { advance, sequenceDistance, updateAck } from "./tcp-validation.ts";

const SYNACK_WRONG_DIRECTION = streamEvent("3whs_synack_in_wrong_direction");
const SYNACK_WRONG_ACK = streamEvent("3whs_synack_with_wrong_ack");
const SYNACK_TFO_IGNORED = streamEvent("3whs_synack_tfo_data_ignored");
const SYNACK_TO_SERVER = streamEvent("3whs_synack_toserver_on_syn_recv");
const SYNACK_DIFFERENT_ACK = streamEvent("3whs_synack_resend_with_different_ack");
const SYNACK_DIFFERENT_SEQUENCE = streamEvent("3whs_synack_resend_with_diff_seq");
const SYNACK_FLOOD = streamEvent("3whs_synack_flood");
const SYN_TO_CLIENT = streamEvent("3whs_syn_toclient_on_syn_recv");
const SYN_DIFFERENT_SEQUENCE = streamEvent("3whs_syn_resend_diff_seq_on_syn_recv");
const ACK_WRONG_DIRECTION = streamEvent("3whs_ack_in_wrong_dir");
const ASYNC_WRONG_SEQUENCE = streamEvent("3whs_async_wrong_seq");
const WRONG_ACK_EVASION = streamEvent("3whs_right_seq_wrong_ack_evasion");
const WRONG_SEQUENCE_WRONG_ACK = streamEvent("3whs_wrong_seq_wrong_ack");
const ACK_DATA_INJECT = streamEvent("3whs_ack_data_inject");

/** The SYN that begins a session, or one that is sent again before any answer. */
export function beginSession(packet: Packet, session: TcpSession): boolean {
  const { client } = session;
  session.state = TcpState.synSent;
  client.begin(packet.sequenceNumber);
  client.windowScale = Math.max(packet.windowScale, 0);
  session.scaling = packet.windowScale >= 0;
  client.window = packet.window;
  const length = packet.payloadEnd - packet.payloadStart;
  session.fastOpen = length > 0;
  client.nextSequence = (client.nextSequence + length) | 0;
  return true;
}

/** A SYN+ACK that fits the SYN, or that begins a session without one. */
export function acceptSynAck(packet: Packet, session: TcpSession): void {
  const { client, server } = session;
  server.begin(packet.sequenceNumber);
  server.windowScale = Math.max(packet.windowScale, 0);
  session.scaling = session.scaling && packet.windowScale >= 0;
  if (packet.windowScale < 0) session.scaling = false;
  server.window = packet.window;
  client.lastAck = packet.acknowledgmentNumber;
  client.nextWindow = (client.lastAck + packet.window) | 0;
  server.nextWindow = (server.lastAck + client.window) | 0;
  server.nextSequence = (server.nextSequence + packet.payloadEnd - packet.payloadStart) | 0;
  session.state = TcpState.synRecv;
  session.synAckCount = 1;
}

/** Begins a session with a packet of a running connection. */
export function pickUp(packet: Packet, session: TcpSession, toServer: boolean): void {
  const sender = toServer ? session.client : session.server;
  const receiver = toServer ? session.server : session.client;
  sender.begin((packet.sequenceNumber - 1) | 0);
  receiver.begin((packet.acknowledgmentNumber - 1) | 0);
  session.midstream = true;
  // The scale is not known: take the largest.
  session.scaling = true;
  sender.windowScale = receiver.windowScale = 14;
  session.state = TcpState.established;
}

/** Any packet but RST after the SYN alone. */
export function inSynSent(
  packet: Packet,
  session: TcpSession,
  toServer: boolean,
  options: StreamOptions,
): boolean {
  const flags = packet.tcpFlags & (TcpFlag.syn | TcpFlag.ack);
  if (flags === TcpFlag.syn) {
    if (!toServer) return false;
    if (packet.sequenceNumber === session.client.isnSequence) return false;
    session.client.reset();
    return beginSession(packet, session);
  }
  if (flags === (TcpFlag.syn | TcpFlag.ack)) return synAckAfterSyn(packet, session, toServer);
  if (!toServer || (flags & TcpFlag.ack) === 0 || !options.asyncOneSide) return false;
  if (packet.sequenceNumber !== session.client.nextSequence) {
    packet.addEvent(ASYNC_WRONG_SEQUENCE);
    return false;
  }
  session.asynchronous = true;
  session.server.begin((packet.acknowledgmentNumber - 1) | 0);
  session.state = TcpState.established;
  advance(packet, session.client);
  return true;
}

function synAckAfterSyn(packet: Packet, session: TcpSession, toServer: boolean): boolean {
  if (toServer) {
    packet.addEvent(SYNACK_WRONG_DIRECTION);
    return false;
  }
  const { client } = session;
  const ack = packet.acknowledgmentNumber;
  const ignored = session.fastOpen && ack === ((client.isnSequence + 1) | 0);
  if (ignored) {
    packet.addEvent(SYNACK_TFO_IGNORED);
    client.nextSequence = ack;
  } else if (ack !== client.nextSequence) {
    packet.addEvent(SYNACK_WRONG_ACK);
    return false;
  }
  acceptSynAck(packet, session);
  return true;
}

/** Any packet but RST and FIN after the SYN+ACK. */
export function inSynReceived(
  packet: Packet,
  session: TcpSession,
  toServer: boolean,
  options: StreamOptions,
): boolean {
  const flags = packet.tcpFlags & (TcpFlag.syn | TcpFlag.ack);
  if (flags === (TcpFlag.syn | TcpFlag.ack)) return synAckAgain(packet, session, toServer, options);
  if (flags === TcpFlag.syn) {
    if (!toServer) packet.addEvent(SYN_TO_CLIENT);
    else if (packet.sequenceNumber !== session.client.isnSequence) {
      packet.addEvent(SYN_DIFFERENT_SEQUENCE);
    } else return true;
    return false;
  }
  if (flags !== TcpFlag.ack) return false;
  return toServer ? finishHandshake(packet, session) : ackFromServer(packet, session);
}

function synAckAgain(
  packet: Packet,
  session: TcpSession,
  toServer: boolean,
  options: StreamOptions,
): boolean {
  if (toServer) {
    packet.addEvent(SYNACK_TO_SERVER);
    return false;
  }
  if (packet.acknowledgmentNumber !== session.client.lastAck) {
    packet.addEvent(SYNACK_DIFFERENT_ACK);
    return false;
  }
  if (packet.sequenceNumber === session.server.isnSequence) return true;
  packet.addEvent(SYNACK_DIFFERENT_SEQUENCE);
  if (session.synAckCount >= options.synAckQueuedMax) {
    packet.addEvent(SYNACK_FLOOD);
    return false;
  }
  const count = session.synAckCount;
  session.server.reset();
  acceptSynAck(packet, session);
  session.synAckCount = count + 1;
  return true;
}

/** With Fast Open the server may send data before the client's ACK. */
function ackFromServer(packet: Packet, session: TcpSession): boolean {
  if (session.fastOpen) {
    session.state = TcpState.established;
    updateAck(packet, session, session.server, session.client);
    advance(packet, session.server);
    return true;
  }
  packet.addEvent(ACK_WRONG_DIRECTION);
  if (packet.payloadEnd > packet.payloadStart) packet.addEvent(ACK_DATA_INJECT);
  return false;
}

function finishHandshake(packet: Packet, session: TcpSession): boolean {
  const { client, server } = session;
  const ahead = sequenceDistance(packet.sequenceNumber, client.nextSequence);
  const inWindow = ahead >= 0 && sequenceDistance(packet.sequenceNumber, client.nextWindow) <= 0;
  const unsent = sequenceDistance(packet.acknowledgmentNumber, server.nextSequence);
  const unseen = sequenceDistance(packet.acknowledgmentNumber, server.nextWindow);
  // Data of the server or the handshake's own ACK may have been lost on the way to us.
  const goodAck = unsent === 0 || session.midstream || (unsent > 0 && unseen <= 0 && ahead > 0);
  if (ahead === 0 && !goodAck) packet.addEvent(WRONG_ACK_EVASION);
  else if (!inWindow || !goodAck) packet.addEvent(WRONG_SEQUENCE_WRONG_ACK);
  else {
    session.state = TcpState.established;
    updateAck(packet, session, client, server);
    advance(packet, client);
    return true;
  }
  return false;
}
