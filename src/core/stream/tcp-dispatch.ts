/**
 * Gives a packet to the functions of its connection's state. Returns an Outcome.
 *
 * @hotpath
 */
import type { Packet } from "../layers/packet.ts";
import { TcpFlag } from "../layers/tcp.ts";
import type { StreamOptions } from "./stream-options.ts";
import { inClosing } from "./tcp-closing.ts";
import { inEstablished, onFirstFin } from "./tcp-established.ts";
import { inSynSent } from "./tcp-handshake.ts";
import { Outcome } from "./tcp-outcome.ts";
import { onReset } from "./tcp-reset.ts";
import { type TcpSession, TcpState } from "./tcp-session.ts";
import { inSynReceived } from "./tcp-syn-received.ts";

/** @param policy OverlapPolicy of the packet's receiver. */
export function dispatch(
  packet: Packet,
  session: TcpSession,
  toServer: boolean,
  options: StreamOptions,
  policy: number,
  bytes: Uint8Array,
): number {
  if (session.state === TcpState.closed) {
    if ((packet.tcpFlags & TcpFlag.rst) !== 0) return Outcome.ignored;
    const sender = toServer ? session.client : session.server;
    const receiver = toServer ? session.server : session.client;
    if (sender.resetReceived || !receiver.resetReceived) return Outcome.ignored;
    // The reset may not have been meant: as if it had not come.
    session.state = session.previousState;
  }
  return inState(packet, session, toServer, options, policy, bytes);
}

function inState(
  packet: Packet,
  session: TcpSession,
  toServer: boolean,
  options: StreamOptions,
  policy: number,
  bytes: Uint8Array,
): number {
  const { state } = session;
  const flags = packet.tcpFlags;
  const answersSyn = (flags & TcpFlag.syn) !== 0 && (flags & TcpFlag.ack) !== 0;
  const isReset = (flags & TcpFlag.rst) !== 0;
  if (isReset && !(state === TcpState.synSent && answersSyn)) {
    return onReset(packet, session, toServer, policy);
  }
  switch (state) {
    case TcpState.synSent:
      return inSynSent(packet, session, toServer, options.asyncOneSide, options.synQueuedMax);
    case TcpState.synRecv:
      return (flags & TcpFlag.fin) !== 0
        ? onFirstFin(packet, session, toServer, policy)
        : inSynReceived(packet, session, toServer, options, policy);
    case TcpState.established:
      return inEstablished(packet, session, toServer, options.asyncOneSide, policy, bytes);
    default:
      return inClosing(packet, session, toServer, policy, bytes);
  }
}
