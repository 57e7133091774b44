/**
 * The packet that an ICMP error quotes: which flow it speaks of. The quote is cut anywhere, so the ports are
 * taken where they are whole, and the protocol counts only with them.
 */
import { readUint16 } from "../bytes/endian.ts";
import { IpProtocol } from "./ip-protocol.ts";
import type { Packet } from "./packet.ts";

const PORTS_BYTES = 4;
const UDP_HEADER_BYTES = 8;
const ICMP_HEADER_BYTES = 8;

/** Notes protocol and ports of a quoted packet: its transport header begins at `start`. */
export function readQuotedTransport(
  bytes: Uint8Array,
  packet: Packet,
  protocol: number,
  start: number,
  end: number,
): void {
  if (end - start < neededBytes(protocol)) return;
  packet.embeddedProtocol = protocol;
  if (protocol === IpProtocol.icmpv4 || protocol === IpProtocol.icmpv6) return;
  packet.embeddedSourcePort = readUint16(bytes, start);
  packet.embeddedDestinationPort = readUint16(bytes, start + 2);
}

function neededBytes(protocol: number): number {
  switch (protocol) {
    case IpProtocol.tcp:
    case IpProtocol.sctp:
      return PORTS_BYTES;
    case IpProtocol.udp:
      return UDP_HEADER_BYTES;
    case IpProtocol.icmpv4:
    case IpProtocol.icmpv6:
      return ICMP_HEADER_BYTES;
    default:
      return Number.MAX_SAFE_INTEGER;
  }
}
