/** How a connection that was begun came out: in vain, as far as its packets tell. */
import { type Flow, FlowState } from "../../flow/flow.ts";
import type { Packet } from "../../layers/packet.ts";

const TCP = 6;
const SYN = 0x02;
const RST = 0x04;

/** The server's first answer to a connection is a reset. */
export function wasRefused({ transport, tcpFlags }: Packet, flow: Flow): boolean {
  return transport === TCP && (tcpFlags & RST) !== 0 && flow.state !== FlowState.established;
}

/** A TCP connection was begun and nothing ever came back. */
export function wasUnanswered({ protocol, packetsToClient, tcp }: Flow): boolean {
  if (protocol !== TCP || packetsToClient > 0 || tcp === null) return false;
  return (tcp.flagsToServer & SYN) !== 0;
}
