/**
 * A session before it is established, but for its first packet (tcp-opening.ts): what may follow a SYN and a
 * SYN+ACK, in the usual three steps, in four (both ends send a SYN), with Fast Open (RFC 7413), or seen from one
 * side only. Each function returns an Outcome.
 *
 * @hotpath
 */
import type { Packet } from "../layers/packet.ts";
import { streamEvent } from "../layers/packet-events.ts";
import { TcpFlag } from "../layers/tcp.ts";
import { acceptSynAck, forgetOpenings, queueSyn, synOfEcho, takeSyn } from "./tcp-opening.ts";
import { Outcome, refuse } from "./tcp-outcome.ts";
import { type TcpSession, TcpState } from "./tcp-session.ts";
import {
  echoFits,
  hasTimestamp,
  raiseInvalidTimestamp,
  secondsOf,
  startTimestamp,
} from "./tcp-timestamps.ts";
import { sequenceDistance, setNext } from "./tcp-validation.ts";

const SYNACK_WRONG_DIRECTION = streamEvent("3whs_synack_in_wrong_direction");
const SYNACK_WRONG_ACK = streamEvent("3whs_synack_with_wrong_ack");
const SYNACK_TFO_IGNORED = streamEvent("3whs_synack_tfo_data_ignored");
const FOUR_WAY_WRONG_ACK = streamEvent("4whs_synack_with_wrong_ack");
const FOUR_WAY_WRONG_SYN = streamEvent("4whs_synack_with_wrong_syn");
const ASYNC_WRONG_SEQUENCE = streamEvent("3whs_async_wrong_seq");
const SCALE_MAX = 14;

/** Any packet but RST after the SYN alone. */
export function inSynSent(
  packet: Packet,
  session: TcpSession,
  toServer: boolean,
  asyncOneSide: boolean,
  synQueuedMax: number,
): number {
  const flags = packet.tcpFlags;
  const isSyn = (flags & TcpFlag.syn) !== 0;
  const isAck = (flags & TcpFlag.ack) !== 0;
  if (isSyn && isAck) {
    return toServer ? fourWaySynAck(packet, session) : synAckAfterSyn(packet, session);
  }
  if (!toServer && !echoFits(packet, session.client, session.client.hasTimestamp)) {
    raiseInvalidTimestamp(packet);
    return Outcome.refused;
  }
  if ((flags & TcpFlag.fin) !== 0) return Outcome.ignored;
  if (isSyn) {
    if (toServer) queueSyn(packet, session, synQueuedMax);
    else synOfServer(packet, session);
    return Outcome.ignored;
  }
  if (!isAck || !asyncOneSide) return Outcome.ignored;
  return withoutServer(packet, session);
}

function synAckAfterSyn(packet: Packet, session: TcpSession): number {
  const { client } = session;
  const ack = packet.acknowledgmentNumber;
  const first = (client.isnSequence + 1) | 0;
  if (packet.fastOpenLength < 0 && !session.fastOpen) {
    if (ack !== first) return refuse(packet, SYNACK_WRONG_ACK);
  } else {
    if (ack === first && ack !== client.nextSequence) {
      client.nextSequence = first;
      session.fastOpenIgnored = true;
      packet.addEvent(SYNACK_TFO_IGNORED);
    } else if (ack !== client.nextSequence) return refuse(packet, SYNACK_WRONG_ACK);
    session.fastOpen = true;
  }
  if (!echoFits(packet, client, client.hasTimestamp)) {
    const syn = synOfEcho(packet, session);
    if (syn === null) {
      raiseInvalidTimestamp(packet);
      return Outcome.refused;
    }
    takeSyn(session, syn);
  }
  forgetOpenings(session);
  acceptSynAck(packet, session);
  return Outcome.accepted;
}

/** The client answers the SYN of the server. */
function fourWaySynAck(packet: Packet, session: TcpSession): number {
  const { client, server } = session;
  if (!session.fourWay) return refuse(packet, SYNACK_WRONG_DIRECTION);
  if (packet.acknowledgmentNumber !== ((server.isnSequence + 1) | 0)) {
    return refuse(packet, FOUR_WAY_WRONG_ACK);
  }
  if (packet.sequenceNumber !== client.isnSequence) return refuse(packet, FOUR_WAY_WRONG_SYN);
  session.setState(TcpState.synRecv);
  client.begin(packet.sequenceNumber);
  server.window = packet.window;
  if (hasTimestamp(packet) && server.hasTimestamp) {
    startTimestamp(client, packet.timestampValue, secondsOf(packet));
    session.timestamps = true;
  } else {
    server.lastTimestamp = client.lastTimestamp = 0;
    server.zeroTimestamp = false;
  }
  server.lastAck = packet.acknowledgmentNumber;
  server.windowScale = session.scaling && packet.windowScale >= 0 ? packet.windowScale : 0;
  client.nextWindow = (client.lastAck + client.window) | 0;
  server.nextWindow = (server.lastAck + server.window) | 0;
  return Outcome.accepted;
}

/** A SYN that crosses the client's: the handshake has four steps. */
function synOfServer(packet: Packet, session: TcpSession): void {
  const { server } = session;
  session.fourWay = true;
  server.begin(packet.sequenceNumber);
  if (hasTimestamp(packet)) {
    startTimestamp(server, packet.timestampValue, secondsOf(packet));
    server.hasTimestamp = true;
  }
  server.window = packet.window;
  session.scaling = packet.windowScale >= 0;
  server.windowScale = Math.max(packet.windowScale, 0);
}

/** An ACK of the client although no answer to its SYN was seen: only one side is visible. */
function withoutServer(packet: Packet, session: TcpSession): number {
  const { client, server } = session;
  if (packet.sequenceNumber !== client.nextSequence) return refuse(packet, ASYNC_WRONG_SEQUENCE);
  session.asynchronous = true;
  session.setState(TcpState.established);
  forgetOpenings(session);
  client.window = packet.window;
  client.lastAck = packet.sequenceNumber;
  client.nextWindow = (client.lastAck + client.window) | 0;
  server.begin((packet.acknowledgmentNumber - 1) | 0);
  if (session.scaling) client.windowScale = SCALE_MAX;
  if (hasTimestamp(packet) && client.hasTimestamp) session.timestamps = true;
  else client.lastTimestamp = 0;
  client.hasTimestamp = false;
  const length = packet.payloadEnd - packet.payloadStart;
  if (length > 0 && sequenceDistance(packet.sequenceNumber, client.nextSequence) === 0) {
    setNext(session, client, (client.nextSequence + length) | 0);
  }
  return Outcome.accepted;
}
