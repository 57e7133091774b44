/** icmpv4.hdr: the header of an ICMP message for IPv4, up to its payload. */
import type { Packet } from "../../layers/packet.ts";
import { packetBufferKeyword } from "../families/packet-buffer-keyword.ts";

export const icmpv4Hdr = packetBufferKeyword({
  name: "icmpv4.hdr",
  family: "TCP/UDP/ICMP header",
  summary: "Selects the header of the ICMP message for IPv4.",
  transports: [1],
  locate(packet, range) {
    if (packet.transport !== 1 || packet.transportStart < 0) return false;
    range.start = packet.transportStart;
    const length = packet.transportHeaderLength + bodyLength(range.bytes, packet);
    range.end = Math.min(packet.transportStart + length, packet.payloadEnd);
    return true;
  },
});

const ROUTER_ADVERTISEMENT = 9;
const TIMESTAMP = 13;
const TIMESTAMP_REPLY = 14;
const TIMESTAMPS_BYTES = 12;

/** Fields that belong to the message itself: router addresses (RFC 1256), timestamps (RFC 792). */
function bodyLength(bytes: Uint8Array, { icmpType, transportStart }: Packet): number {
  if (icmpType === TIMESTAMP || icmpType === TIMESTAMP_REPLY) return TIMESTAMPS_BYTES;
  if (icmpType !== ROUTER_ADVERTISEMENT) return 0;
  return bytes[transportStart + 4]! * bytes[transportStart + 5]! * 4;
}
