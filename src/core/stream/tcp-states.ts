/**
 * A connection from established to closed. The function for each kind of packet returns whether it belongs
 * to the connection, so that its data counts. State names are those of the side Suricata gives them: a FIN of
 * the client leads to closeWait, one of the server to finWait1.
 *
 * @hotpath
 */
import type { Packet } from "../layers/packet.ts";
import { type StreamEventName, streamEvent } from "../layers/packet-events.ts";
import { TcpFlag } from "../layers/tcp.ts";
import { type TcpSession, TcpState } from "./tcp-session.ts";
import {
  ackFits,
  advance,
  isOldData,
  resetFits,
  sequenceDistance,
  updateAck,
  windowFits,
} from "./tcp-validation.ts";

const SYN_RESEND = streamEvent("est_syn_resend");
const SYN_DIFFERENT_SEQUENCE = streamEvent("est_syn_resend_diff_seq");
const SYN_TO_CLIENT = streamEvent("est_syn_toclient");
const SYNACK_TO_SERVER = streamEvent("est_synack_toserver");
const SYNACK_RESEND = streamEvent("est_synack_resend");
const SYNACK_DIFFERENT_ACK = streamEvent("est_synack_resend_with_different_ack");
const SYNACK_DIFFERENT_SEQUENCE = streamEvent("est_synack_resend_with_diff_seq");
const SHUTDOWN_SYN_RESEND = streamEvent("shutdown_syn_resend");
const FIN_INVALID_ACK = streamEvent("fin_invalid_ack");
const FIN_OUT_OF_WINDOW = streamEvent("fin_out_of_window");
const BEFORE_LAST_ACK = streamEvent("est_pkt_before_last_ack");
const CLOSE_WAIT_BEFORE_LAST_ACK = streamEvent("closewait_pkt_before_last_ack");

/** Events by state: a wrong sequence number and a wrong acknowledgment. */
const wrongSequence = new Int32Array(12).fill(-1);
const wrongAck = new Int32Array(12).fill(-1);
setEvents(TcpState.established, "est_packet_out_of_window", "est_invalid_ack");
setEvents(TcpState.finWait1, "fin1_ack_wrong_seq", "fin1_invalid_ack");
setEvents(TcpState.finWait2, "fin2_ack_wrong_seq", "fin2_invalid_ack");
setEvents(TcpState.timeWait, "timewait_ack_wrong_seq", "timewait_invalid_ack");
setEvents(TcpState.lastAck, "lastack_ack_wrong_seq", "lastack_invalid_ack");
setEvents(TcpState.closeWait, "closewait_ack_out_of_window", "closewait_invalid_ack");
setEvents(TcpState.closing, "closing_ack_wrong_seq", "closing_invalid_ack");

function setEvents(state: number, sequence: StreamEventName, ack: StreamEventName): void {
  wrongSequence[state] = streamEvent(sequence);
  wrongAck[state] = streamEvent(ack);
}

export function onReset(packet: Packet, session: TcpSession, toServer: boolean): boolean {
  const sender = toServer ? session.client : session.server;
  const receiver = toServer ? session.server : session.client;
  if (session.state === TcpState.synSent) {
    const { client } = session;
    const fits = toServer || packet.acknowledgmentNumber === client.nextSequence;
    if (fits) session.state = TcpState.closed;
    return fits;
  }
  if (!resetFits(packet, session, sender, receiver)) return false;
  updateAck(packet, session, sender, receiver);
  session.state = TcpState.closed;
  return true;
}

/** A SYN or SYN+ACK on a connection that is established or closing: never accepted. */
export function onLateSyn(packet: Packet, session: TcpSession, toServer: boolean): boolean {
  if (session.state !== TcpState.established) {
    packet.addEvent(SHUTDOWN_SYN_RESEND);
    return false;
  }
  const { client, server } = session;
  if ((packet.tcpFlags & TcpFlag.ack) !== 0) {
    if (toServer) packet.addEvent(SYNACK_TO_SERVER);
    else if (sequenceDistance(packet.acknowledgmentNumber, client.lastAck) !== 0) {
      packet.addEvent(SYNACK_DIFFERENT_ACK);
    } else if (packet.sequenceNumber !== server.isnSequence) {
      packet.addEvent(SYNACK_DIFFERENT_SEQUENCE);
    } else packet.addEvent(SYNACK_RESEND);
  } else if (!toServer) packet.addEvent(SYN_TO_CLIENT);
  else if (packet.sequenceNumber !== client.isnSequence) packet.addEvent(SYN_DIFFERENT_SEQUENCE);
  else packet.addEvent(SYN_RESEND);
  return false;
}

/** A packet without SYN and RST from established on. */
export function onData(packet: Packet, session: TcpSession, toServer: boolean): boolean {
  const sender = toServer ? session.client : session.server;
  const receiver = toServer ? session.server : session.client;
  const isFin = (packet.tcpFlags & TcpFlag.fin) !== 0;
  const state = session.state;
  if (!ackFits(packet, receiver, session.midstream)) {
    packet.addEvent(isFin && state === TcpState.established ? FIN_INVALID_ACK : wrongAck[state]!);
    return false;
  }
  if (isOldData(packet, sender)) {
    updateAck(packet, session, sender, receiver);
    afterAck(session, toServer);
    return false;
  }
  if (isBeforeAck(packet, session, toServer)) return false;
  if (!windowFits(packet, session, sender)) {
    packet.addEvent(
      isFin && state <= TcpState.synRecv + 1 ? FIN_OUT_OF_WINDOW : wrongSequence[state]!,
    );
    return false;
  }
  updateAck(packet, session, sender, receiver);
  advance(packet, sender);
  afterAck(session, toServer);
  if (isFin) onFin(packet, session, toServer);
  return true;
}

/** An empty packet well before what was acknowledged; keep-alives lie one byte before and are fine. */
function isBeforeAck(packet: Packet, session: TcpSession, toServer: boolean): boolean {
  const sender = toServer ? session.client : session.server;
  if (packet.payloadEnd > packet.payloadStart || session.midstream) return false;
  if (sequenceDistance(packet.sequenceNumber, sender.lastAck) >= -1) return false;
  if (session.state === TcpState.established) packet.addEvent(BEFORE_LAST_ACK);
  else if (session.state === TcpState.closeWait) packet.addEvent(CLOSE_WAIT_BEFORE_LAST_ACK);
  else return false;
  return true;
}

/** What an acknowledgment does to a connection of which a side sent its FIN. */
function afterAck(session: TcpSession, toServer: boolean): void {
  const receiver = toServer ? session.server : session.client;
  if (receiver.finOffset < 0) return;
  if (receiver.offsetOf(receiver.lastAck) <= receiver.finOffset) return;
  switch (session.state) {
    case TcpState.finWait1:
      if (toServer) session.state = TcpState.finWait2;
      break;
    case TcpState.closing:
      session.state = TcpState.timeWait;
      break;
    case TcpState.timeWait:
      session.state = TcpState.closed;
      break;
    case TcpState.lastAck:
      if (toServer) session.state = TcpState.closed;
      break;
    default:
  }
}

function onFin(packet: Packet, session: TcpSession, toServer: boolean): void {
  const sender = toServer ? session.client : session.server;
  const again = sender.finOffset >= 0;
  if (again) return;
  const end = (packet.sequenceNumber + packet.payloadEnd - packet.payloadStart) | 0;
  sender.finOffset = sender.offsetOf(end);
  if (end === sender.nextSequence) sender.nextSequence = (end + 1) | 0;
  switch (session.state) {
    case TcpState.synRecv:
    case TcpState.established:
      session.state = toServer ? TcpState.closeWait : TcpState.finWait1;
      break;
    case TcpState.finWait1:
      session.state = TcpState.closing;
      break;
    case TcpState.finWait2:
      session.state = TcpState.timeWait;
      break;
    case TcpState.closeWait:
      session.state = TcpState.lastAck;
      break;
    default:
  }
}
