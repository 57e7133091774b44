/**
 * Resets (RFC 9293 §3.5.3): which ones are believed depends on the host that receives them. The function
 * returns an Outcome. Data of a reset is never part of the stream.
 *
 * @hotpath
 */
import type { Packet } from "../layers/packet.ts";
import { streamEvent } from "../layers/packet-events.ts";
import { TcpFlag } from "../layers/tcp.ts";
import { TcpOption } from "../layers/tcp-options.ts";
import { OverlapPolicy } from "./overlap-policy.ts";
import { Outcome } from "./tcp-outcome.ts";
import { type TcpSession, TcpState } from "./tcp-session.ts";
import { echoFits, noteTimestamp, raiseInvalidTimestamp, timestampFits } from "./tcp-timestamps.ts";
import { ackFits, endOf, noteAck, resetFits, setWindow } from "./tcp-validation.ts";

const RST_WITH_DATA = streamEvent("rst_with_data");

/** @param policy OverlapPolicy of the packet's receiver. */
export function onReset(
  packet: Packet,
  session: TcpSession,
  toServer: boolean,
  policy: number,
): number {
  const sender = toServer ? session.client : session.server;
  const receiver = toServer ? session.server : session.client;
  if (session.state === TcpState.synSent && !toServer) {
    if (!echoFits(packet, session.client, session.client.hasTimestamp)) {
      raiseInvalidTimestamp(packet);
      return Outcome.refused;
    }
  }
  if (!timestampFits(packet, session, sender, policy)) return Outcome.refused;
  if (packet.payloadEnd > packet.payloadStart) packet.addEvent(RST_WITH_DATA);
  if (!resetFits(packet, session, sender, receiver, policy)) return Outcome.refused;
  // A signature that we cannot check: the host may ignore the reset.
  const signed = TcpOption.md5 | TcpOption.authentication;
  if ((packet.tcpOptions & signed) !== 0) receiver.resetReceived = true;
  if (session.state === TcpState.synSent) return inSynSent(packet, session, toServer);
  if (session.state === TcpState.synRecv && session.evasion && ignoresStray(policy)) {
    return Outcome.ignored;
  }
  close(session);
  if (session.previousState === TcpState.established) {
    receiver.nextSequence = packet.acknowledgmentNumber;
    sender.nextSequence = (endOf(packet) + (toServer ? 0 : 1)) | 0;
    setWindow(packet, receiver);
  }
  const hasAck = (packet.tcpFlags & TcpFlag.ack) !== 0;
  if (session.previousState >= TcpState.established && hasAck) {
    if (ackFits(packet, session, receiver)) noteAck(packet, receiver);
  }
  noteTimestamp(packet, session, sender, policy);
  return Outcome.accepted;
}

function inSynSent(packet: Packet, session: TcpSession, toServer: boolean): number {
  const { client, server } = session;
  if (!toServer) {
    client.resetReceived = true;
    close(session);
    return Outcome.accepted;
  }
  const refusesOwnSyn =
    packet.sequenceNumber === client.isnSequence &&
    packet.window === 0 &&
    packet.acknowledgmentNumber === ((client.isnSequence + 1) | 0);
  if (!refusesOwnSyn) return Outcome.ignored;
  server.resetReceived = true;
  close(session);
  return Outcome.accepted;
}

function close(session: TcpSession): void {
  session.closedByReset = true;
  session.queued = null;
  session.setState(TcpState.closed);
}

/** Hosts that take a reset in the handshake for one of another connection. */
function ignoresStray(policy: number): boolean {
  return (
    policy === OverlapPolicy.linux ||
    policy === OverlapPolicy.oldLinux ||
    policy === OverlapPolicy.solaris ||
    policy === OverlapPolicy.oldSolaris
  );
}
