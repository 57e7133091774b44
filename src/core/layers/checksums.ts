/**
 * Checksums of IP, TCP, UDP, ICMP and IGMP (RFC 1071, RFC 768, RFC 8200 §8.1), verified when somebody asks and
 * kept on the packet as a value of ChecksumState. What cannot be verified stays `unknown`: fragments, packets
 * of another protocol, UDP over IPv4 without a checksum, SCTP.
 *
 * @hotpath
 */
import { IpProtocol } from "./ip-protocol.ts";
import { ChecksumState, type Packet } from "./packet.ts";

/** The checksum kernel: 0 over a range that holds a right checksum, `initial` being a sum to start from. */
export interface ChecksumKernel {
  readonly checksum: (start: number, end: number, initial: number) => number;
}

const UDP_CHECKSUM_AT = 6;

/** Verifies the IPv4 header; a value of ChecksumState. */
export function verifyIpChecksum(packet: Packet, kernel: ChecksumKernel): number {
  if (packet.ipChecksum !== ChecksumState.unknown || packet.ipVersion !== 4) {
    return packet.ipChecksum;
  }
  const end = packet.ipStart + packet.ipHeaderLength;
  const rest = kernel.checksum(packet.ipStart, end, 0);
  packet.ipChecksum = rest === 0 ? ChecksumState.valid : ChecksumState.invalid;
  return packet.ipChecksum;
}

/** Verifies the transport header and its payload; a value of ChecksumState. */
export function verifyTransportChecksum(
  bytes: Uint8Array,
  packet: Packet,
  kernel: ChecksumKernel,
): number {
  if (packet.transportChecksum !== ChecksumState.unknown || packet.isFragment) {
    return packet.transportChecksum;
  }
  packet.transportChecksum = transportState(bytes, packet, kernel);
  return packet.transportChecksum;
}

function transportState(bytes: Uint8Array, packet: Packet, kernel: ChecksumKernel): number {
  const start = packet.transportStart;
  switch (packet.transport) {
    case IpProtocol.tcp:
    case IpProtocol.icmpv6:
      return state(kernel.checksum(start, packet.payloadEnd, pseudoHeaderSum(packet)));
    case IpProtocol.udp:
      if (packet.ipVersion === 4 && isZero(bytes, start + UDP_CHECKSUM_AT)) {
        return ChecksumState.unknown;
      }
      return state(kernel.checksum(start, packet.payloadEnd, pseudoHeaderSum(packet)));
    case IpProtocol.icmpv4:
      return state(kernel.checksum(start, packet.payloadEnd, 0));
    default:
      if (packet.igmpType < 0) return ChecksumState.unknown;
      return state(kernel.checksum(packet.ipStart + packet.ipHeaderLength, packet.ipEnd, 0));
  }
}

function state(rest: number): number {
  return rest === 0 ? ChecksumState.valid : ChecksumState.invalid;
}

function isZero(bytes: Uint8Array, offset: number): boolean {
  return bytes[offset] === 0 && bytes[offset + 1] === 0;
}

/** Sum of the pseudo header as 16-bit words, not folded: below 2^21. */
function pseudoHeaderSum(packet: Packet): number {
  const { sourceWords, destinationWords } = packet;
  const words = packet.ipVersion === 4 ? 1 : 4;
  let sum = packet.transport + (packet.payloadEnd - packet.transportStart);
  for (let i = 0; i < words; i++) {
    const source = sourceWords[i]!;
    const destination = destinationWords[i]!;
    sum += (source >>> 16) + (source & 0xffff) + (destination >>> 16) + (destination & 0xffff);
  }
  return sum;
}
