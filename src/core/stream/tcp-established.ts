/**
 * Packets of an established connection: data, acknowledgments, SYNs that come late, and the first FIN. State
 * names are those of the side Suricata gives them: a FIN of the client leads to closeWait, one of the server to
 * finWait1. Each function returns an Outcome.
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
  noteAck,
  raiseWindow,
  sequenceDistance,
  setNext,
  setWindow,
  windowFits,
} from "./tcp-validation.ts";

const SYN_RESEND = streamEvent("est_syn_resend");
const SYN_DIFFERENT_SEQUENCE = streamEvent("est_syn_resend_diff_seq");
const SYN_TO_CLIENT = streamEvent("est_syn_toclient");
const SYNACK_TO_SERVER = streamEvent("est_synack_toserver");
const SYNACK_RESEND = streamEvent("est_synack_resend");
const SYNACK_DIFFERENT_ACK = streamEvent("est_synack_resend_with_different_ack");
const SYNACK_DIFFERENT_SEQUENCE = streamEvent("est_synack_resend_with_diff_seq");
const INVALID_ACK = streamEvent("est_invalid_ack");
const OUT_OF_WINDOW = streamEvent("est_packet_out_of_window");
const BEFORE_LAST_ACK = streamEvent("est_pkt_before_last_ack");
const PROBE_ACKNOWLEDGED = streamEvent("est_ack_zwp_data");
const FIN_INVALID_ACK = streamEvent("fin_invalid_ack");
const FIN_OUT_OF_WINDOW = streamEvent("fin_out_of_window");
const FIN_SYN = streamEvent("fin_syn");

/** Any packet but RST. @param policy OverlapPolicy of the packet's receiver. */
export function inEstablished(
  packet: Packet,
  session: TcpSession,
  toServer: boolean,
  asyncOneSide: boolean,
  policy: number,
  bytes: Uint8Array,
): number {
  const flags = packet.tcpFlags;
  const sender = toServer ? session.client : session.server;
  if ((flags & TcpFlag.fin) !== 0) return onFirstFin(packet, session, toServer, policy);
  if ((flags & TcpFlag.syn) !== 0) {
    return (flags & TcpFlag.ack) !== 0
      ? onLateSynAck(packet, session, toServer)
      : onLateSyn(packet, session, toServer);
  }
  if ((flags & TcpFlag.ack) === 0) return Outcome.ignored;
  if (!timestampFits(packet, session, sender, policy)) return Outcome.refused;
  if (!toServer) session.confirmed = true;
  return onData(packet, session, toServer, asyncOneSide, policy, bytes);
}

/** The FIN of an established connection, or of one that only lacks the last ACK of the handshake. */
export function onFirstFin(
  packet: Packet,
  session: TcpSession,
  toServer: boolean,
  policy: number,
): number {
  const sender = toServer ? session.client : session.server;
  const receiver = toServer ? session.server : session.client;
  if (!timestampFits(packet, session, sender, policy)) return Outcome.refused;
  if (!ackFits(packet, session, receiver)) return refuse(packet, FIN_INVALID_ACK);
  const end = endOf(packet);
  const inWindow =
    sequenceDistance(packet.sequenceNumber, sender.lastAck) >= 0 &&
    sequenceDistance(end, sender.nextWindow) <= 0;
  if (!inWindow) return refuse(packet, FIN_OUT_OF_WINDOW);
  if ((packet.tcpFlags & TcpFlag.syn) !== 0) return refuse(packet, FIN_SYN);
  session.setState(toServer ? TcpState.closeWait : TcpState.finWait1);
  sender.finOffset = sender.offsetOf(end);
  sender.nextSequence = toServer ? end : (end + 1) | 0;
  setWindow(packet, receiver);
  noteTimestamp(packet, session, sender, policy);
  catchUp(packet, receiver);
  noteAck(packet, receiver);
  return Outcome.accepted;
}

function onLateSynAck(packet: Packet, session: TcpSession, toServer: boolean): number {
  const { client, server } = session;
  if (toServer) return refuse(packet, SYNACK_TO_SERVER);
  if (packet.acknowledgmentNumber !== client.lastAck) return refuse(packet, SYNACK_DIFFERENT_ACK);
  if (packet.sequenceNumber !== server.isnSequence) {
    return refuse(packet, SYNACK_DIFFERENT_SEQUENCE);
  }
  // Until the server sends something else it may have missed the last ACK of the handshake.
  return session.confirmed ? refuse(packet, SYNACK_RESEND) : Outcome.ignored;
}

function onLateSyn(packet: Packet, session: TcpSession, toServer: boolean): number {
  if (!toServer) return refuse(packet, SYN_TO_CLIENT);
  if (packet.sequenceNumber !== session.client.isnSequence) {
    return refuse(packet, SYN_DIFFERENT_SEQUENCE);
  }
  return refuse(packet, SYN_RESEND);
}

function onData(
  packet: Packet,
  session: TcpSession,
  toServer: boolean,
  asyncOneSide: boolean,
  policy: number,
  bytes: Uint8Array,
): number {
  const sender = toServer ? session.client : session.server;
  const receiver = toServer ? session.server : session.client;
  if (!acknowledgmentFits(packet, session, receiver)) return Outcome.refused;
  if (session.midstreamWindow && !toServer) {
    setWindow(packet, sender);
    sender.nextWindow = (sender.lastAck + sender.window) | 0;
    session.midstreamWindow = false;
  }
  if (isBeforeAck(packet, session, toServer, asyncOneSide)) return refuse(packet, BEFORE_LAST_ACK);
  const end = endOf(packet);
  const length = packet.payloadEnd - packet.payloadStart;
  if (length === 1 && sender.window === 0 && packet.sequenceNumber === sender.nextSequence) {
    sender.windowProbe = true;
    return Outcome.accepted;
  }
  if (sequenceDistance(end, sender.nextSequence) >= 0) setNext(session, sender, end);
  if (!windowFits(packet, session, sender)) return refuse(packet, OUT_OF_WINDOW);
  setWindow(packet, receiver);
  noteAck(packet, receiver);
  noteTimestamp(packet, session, sender, policy);
  raiseWindow(receiver, sackedBytes(packet, receiver, bytes));
  return Outcome.accepted;
}

function acknowledgmentFits(packet: Packet, session: TcpSession, receiver: StreamBuffer): boolean {
  const probed = receiver.windowProbe;
  receiver.windowProbe = false;
  if (probed && packet.acknowledgmentNumber === ((receiver.nextSequence + 1) | 0)) {
    packet.addEvent(PROBE_ACKNOWLEDGED);
    return true;
  }
  if (ackFits(packet, session, receiver)) return true;
  packet.addEvent(INVALID_ACK);
  return false;
}

/** The packet lies before what was acknowledged, and is neither a keep-alive nor data never seen. */
function isBeforeAck(
  packet: Packet,
  session: TcpSession,
  toServer: boolean,
  asyncOneSide: boolean,
): boolean {
  const sender = toServer ? session.client : session.server;
  const end = endOf(packet);
  if (sequenceDistance(end, sender.lastAck) >= 0) return false;
  const sequence = packet.sequenceNumber;
  const length = packet.payloadEnd - packet.payloadStart;
  if (length <= 1 && sequence === ((sender.nextSequence - 1) | 0)) return false;
  if (session.asynchronous) {
    if (!toServer) sender.lastAck = sequence;
    return false;
  }
  if (toServer && asyncOneSide && session.midstream) {
    const unacked = sender.lastAck === ((sender.isnSequence + 1) | 0);
    if (unacked || sender.nextSequence === sequence) {
      session.asynchronous = true;
      return false;
    }
  }
  const wasUnseen = sequenceDistance(sender.lastAck, sender.nextSequence) > 0;
  return !(wasUnseen && sequenceDistance(end, sender.nextSequence) > 0);
}
