/**
 * A session after its SYN+ACK, until an ACK makes it established; the ACK itself or what follows it may have
 * been lost on the way to us. Each function returns an Outcome.
 *
 * @hotpath
 */
import type { Packet } from "../layers/packet.ts";
import { streamEvent } from "../layers/packet-events.ts";
import { TcpFlag } from "../layers/tcp.ts";
import type { StreamOptions } from "./stream-options.ts";
import { queueSynAck, takeAnsweredSynAck } from "./tcp-opening.ts";
import { Outcome, refuse } from "./tcp-outcome.ts";
import { type TcpSession, TcpState } from "./tcp-session.ts";
import { noteTimestamp, timestampFits } from "./tcp-timestamps.ts";
import { ackFits, endOf, noteAck, sequenceDistance, setNext, setWindow } from "./tcp-validation.ts";

const SYNACK_TO_SERVER = streamEvent("3whs_synack_toserver_on_syn_recv");
const SYNACK_DIFFERENT_ACK = streamEvent("3whs_synack_resend_with_different_ack");
const SYN_TO_CLIENT = streamEvent("3whs_syn_toclient_on_syn_recv");
const SYN_DIFFERENT_SEQUENCE = streamEvent("3whs_syn_resend_diff_seq_on_syn_recv");
const ACK_WRONG_DIRECTION = streamEvent("3whs_ack_in_wrong_dir");
const WRONG_ACK_EVASION = streamEvent("3whs_right_seq_wrong_ack_evasion");
const WRONG_SEQUENCE_WRONG_ACK = streamEvent("3whs_wrong_seq_wrong_ack");
const ACK_DATA_INJECT = streamEvent("3whs_ack_data_inject");
const FOUR_WAY_WRONG_SEQUENCE = streamEvent("4whs_wrong_seq");
const FOUR_WAY_INVALID_ACK = streamEvent("4whs_invalid_ack");
const SCALE_MAX = 14;

/** Any packet but RST and FIN after the SYN+ACK. @param policy OverlapPolicy of the packet's receiver. */
export function inSynReceived(
  packet: Packet,
  session: TcpSession,
  toServer: boolean,
  options: StreamOptions,
  policy: number,
): number {
  const flags = packet.tcpFlags;
  const isAck = (flags & TcpFlag.ack) !== 0;
  if ((flags & TcpFlag.syn) !== 0) {
    return isAck
      ? synAckAgain(packet, session, toServer, options)
      : synAgain(packet, session, toServer);
  }
  if (!isAck) return Outcome.ignored;
  takeAnsweredSynAck(packet, session);
  const sender = toServer ? session.client : session.server;
  if (!timestampFits(packet, session, sender, policy)) return Outcome.refused;
  if (session.fourWay && !toServer) return ackOfFourWay(packet, session, policy);
  return firstAck(packet, session, toServer, options, policy);
}

function synAckAgain(
  packet: Packet,
  session: TcpSession,
  toServer: boolean,
  options: StreamOptions,
): number {
  if (toServer) return refuse(packet, SYNACK_TO_SERVER);
  if (packet.acknowledgmentNumber !== session.client.lastAck) {
    return refuse(packet, SYNACK_DIFFERENT_ACK);
  }
  if (packet.sequenceNumber === session.server.isnSequence) return Outcome.ignored;
  if (!queueSynAck(packet, session, options.synAckQueuedMax)) return Outcome.refused;
  return Outcome.ignored;
}

function synAgain(packet: Packet, session: TcpSession, toServer: boolean): number {
  if (!toServer) return refuse(packet, SYN_TO_CLIENT);
  if (packet.sequenceNumber !== session.client.isnSequence) {
    return refuse(packet, SYN_DIFFERENT_SEQUENCE);
  }
  return Outcome.ignored;
}

function ackOfFourWay(packet: Packet, session: TcpSession, policy: number): number {
  const { client, server } = session;
  if (packet.sequenceNumber !== server.nextSequence) return refuse(packet, FOUR_WAY_WRONG_SEQUENCE);
  if (!ackFits(packet, session, client)) return refuse(packet, FOUR_WAY_INVALID_ACK);
  noteTimestamp(packet, session, server, policy);
  noteAck(packet, client);
  setNext(session, server, endOf(packet));
  setWindow(packet, client);
  client.nextWindow = (client.lastAck + client.window) | 0;
  return establish(session);
}

/** Tries what the packet can be, the likeliest first. */
function firstAck(
  packet: Packet,
  session: TcpSession,
  toServer: boolean,
  options: StreamOptions,
  policy: number,
): number {
  const { client, server } = session;
  let ackWasLost = false;
  if (!toServer && !session.midstreamSynAck && !session.fastOpen) {
    if (options.inline) return wrongDirection(packet, session);
    ackWasLost = true;
  }
  const sequence = packet.sequenceNumber;
  const ack = packet.acknowledgmentNumber;
  const ahead = sequenceDistance(sequence, client.nextSequence);
  if (ahead === 0 && ack === server.nextSequence) {
    return finishHandshake(packet, session, policy);
  }
  if (options.asyncOneSide && sequence === server.nextSequence) {
    return serverSideOnly(packet, session, policy);
  }
  if (ahead === 0) {
    session.evasion = true;
    return refuse(packet, WRONG_ACK_EVASION);
  }
  const acksMore = sequenceDistance(ack, client.lastAck) > 0;
  if (!toServer && !options.inline && ahead > 0 && acksMore) {
    return serverAfterLoss(packet, session, policy);
  }
  const inWindow = ahead > 0 && sequenceDistance(sequence, client.nextWindow) <= 0;
  if (inWindow && ack === server.nextSequence) {
    noteTimestamp(packet, session, client, policy);
    client.nextSequence = endOf(packet);
    return clientGoesOn(packet, session);
  }
  const fitsServer = ack === client.lastAck && sequence === server.nextSequence;
  if ((ackWasLost || session.fastOpen) && fitsServer) return serverBegins(packet, session);
  return refuse(packet, WRONG_SEQUENCE_WRONG_ACK);
}

function wrongDirection(packet: Packet, session: TcpSession): number {
  const hasData = packet.payloadEnd > packet.payloadStart;
  const fits =
    packet.acknowledgmentNumber === session.client.lastAck &&
    packet.sequenceNumber === session.server.nextSequence;
  return refuse(packet, hasData && fits ? ACK_DATA_INJECT : ACK_WRONG_DIRECTION);
}

function finishHandshake(packet: Packet, session: TcpSession, policy: number): number {
  noteTimestamp(packet, session, session.client, policy);
  setNext(session, session.client, endOf(packet));
  // Data on it means that the ACK before was lost.
  if (packet.payloadEnd > packet.payloadStart) packet.established = true;
  return clientGoesOn(packet, session);
}

/** What an ACK of the client means for the server's data. */
function clientGoesOn(packet: Packet, session: TcpSession): number {
  const { client, server } = session;
  noteAck(packet, server);
  setWindow(packet, server);
  server.nextWindow = (server.lastAck + server.window) | 0;
  if (session.midstream) {
    setWindow(packet, client);
    client.nextWindow = (client.lastAck + client.window) | 0;
    if (!session.midstreamSynAck) server.windowScale = client.windowScale = SCALE_MAX;
  }
  return establish(session);
}

/** Only the server's side is visible. */
function serverSideOnly(packet: Packet, session: TcpSession, policy: number): number {
  const { client, server } = session;
  session.asynchronous = true;
  server.nextSequence = endOf(packet);
  server.lastAck = packet.sequenceNumber;
  setWindow(packet, client);
  client.lastAck = packet.acknowledgmentNumber;
  noteTimestamp(packet, session, server, policy);
  if (session.midstream) {
    server.window = packet.window;
    server.nextWindow = (server.lastAck + server.window) | 0;
    server.windowScale = client.windowScale = SCALE_MAX;
  }
  return establish(session);
}

/** The server acknowledges data that we did not see. */
function serverAfterLoss(packet: Packet, session: TcpSession, policy: number): number {
  const { client, server } = session;
  noteTimestamp(packet, session, server, policy);
  noteAck(packet, client);
  server.nextSequence = endOf(packet);
  setWindow(packet, client);
  client.nextWindow = (client.lastAck + client.window) | 0;
  server.nextWindow = (server.lastAck + server.window) | 0;
  return establish(session);
}

/** The server's first data, after an ACK that we did not see, or with Fast Open. */
function serverBegins(packet: Packet, session: TcpSession): number {
  const { server } = session;
  setNext(session, server, endOf(packet));
  server.nextWindow = (server.lastAck + server.window) | 0;
  return establish(session);
}

function establish(session: TcpSession): number {
  session.setState(TcpState.established);
  return Outcome.accepted;
}
