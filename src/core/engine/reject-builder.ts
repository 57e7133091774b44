/**
 * Answers to a packet that a rule rejects: a TCP reset (RFC 9293 §3.10.7) or an ICMP error (RFC 792, RFC 4443),
 * to its sender as if from the destination, or to the destination as if from the sender. Built as whole frames
 * with the link layer of the packet, VLAN tags included. Left out: answers to what is inside of tunnels, to
 * fragments, and, as RFC 1122 §3.2.2 demands, to ICMP errors and to packets for many receivers.
 */
import type { Arena } from "../bytes/arena.ts";
import { readUint32, writeUint16, writeUint32 } from "../bytes/endian.ts";
import { IpProtocol } from "../layers/ip-protocol.ts";
import type { Packet } from "../layers/packet.ts";
import type { Kernels } from "../match/kernels.ts";

const ETHERNET_BYTES = 14;
const VLAN_TAG_BYTES = 4;
const IPV4_BYTES = 20;
const IPV6_BYTES = 40;
const TCP_BYTES = 20;
const ICMP_BYTES = 8;
const HOP_LIMIT = 64;
const FLAG_FIN = 1;
const FLAG_SYN = 2;
const FLAG_RST = 4;
const FLAG_ACK = 16;
/** An error quotes no more than keeps it below the smallest MTU: RFC 1812 §4.3.2.3, RFC 4443 §2.4. */
const QUOTE_MAX_V4 = 576 - IPV4_BYTES - ICMP_BYTES;
const QUOTE_MAX_V6 = 1280 - IPV6_BYTES - ICMP_BYTES;
/** Destination unreachable, host administratively prohibited; ICMPv6: administratively prohibited. */
const UNREACHABLE_V4 = 0x030a;
const UNREACHABLE_V6 = 0x0101;
/** Room for the longest answer and for what a sender keeps in front of it. */
const FRAME_BYTES = 2048;
const FRONT_BYTES = 64;

export class RejectBuilder {
  /** Where the frame begins in the arena. */
  readonly start: number;
  /** Packets that got no answer because none may be or can be given. */
  refused = 0;
  private readonly bytes: Uint8Array;
  private readonly kernels: Kernels;

  constructor(arena: Arena, kernels: Kernels) {
    this.bytes = arena.bytes;
    this.kernels = kernels;
    this.start = arena.allocate(FRONT_BYTES + FRAME_BYTES) + FRONT_BYTES;
  }

  /** Writes the answer that goes back to who sent the packet. Returns its length, 0 when there is none. */
  answerSource(packet: Packet): number {
    return this.build(packet, true);
  }

  /** Writes the answer that goes on to whom the packet was for. Returns its length, 0 when there is none. */
  answerDestination(packet: Packet): number {
    return this.build(packet, false);
  }

  private build(packet: Packet, isBack: boolean): number {
    if (!isAnswerable(packet, this.bytes)) {
      this.refused++;
      return 0;
    }
    this.writeLink(packet, isBack);
    const isTcp = packet.transport === IpProtocol.tcp;
    const ipAt = this.start + (packet.ipStart - packet.start);
    const headerBytes = packet.ipVersion === 4 ? IPV4_BYTES : IPV6_BYTES;
    const at = ipAt + headerBytes;
    const length = isTcp ? TCP_BYTES : ICMP_BYTES + quoteLength(packet);
    if (isTcp) this.writeReset(packet, at, isBack);
    else this.writeIcmp(packet, at, length, isBack);
    const protocol = isTcp ? IpProtocol.tcp : icmpOf(packet);
    this.writeIp(packet, ipAt, protocol, length, isBack);
    const checksumAt = at + (isTcp ? 16 : 2);
    const hasPseudoHeader = isTcp || packet.ipVersion === 6;
    const initial = hasPseudoHeader ? pseudoHeaderSum(packet, protocol, length) : 0;
    writeUint16(this.bytes, checksumAt, this.kernels.checksum(at, at + length, initial));
    return at + length - this.start;
  }

  /** The link header of the packet, its addresses swapped for an answer that goes back. */
  private writeLink(packet: Packet, isBack: boolean): void {
    const { bytes, start } = this;
    bytes.copyWithin(start, packet.start, packet.ipStart);
    if (!isBack || packet.etherStart < 0) return;
    bytes.copyWithin(start, packet.start + 6, packet.start + 12);
    bytes.copyWithin(start + 6, packet.start, packet.start + 6);
  }

  private writeIp(
    packet: Packet,
    at: number,
    protocol: number,
    length: number,
    isBack: boolean,
  ): void {
    const { bytes } = this;
    const from = isBack ? packet.destinationWords : packet.sourceWords;
    const to = isBack ? packet.sourceWords : packet.destinationWords;
    if (packet.ipVersion === 4) {
      bytes.fill(0, at, at + IPV4_BYTES);
      bytes[at] = 0x45;
      writeUint16(bytes, at + 2, IPV4_BYTES + length);
      writeUint16(bytes, at + 6, 0x4000);
      bytes[at + 8] = HOP_LIMIT;
      bytes[at + 9] = protocol;
      writeUint32(bytes, at + 12, from[0]!);
      writeUint32(bytes, at + 16, to[0]!);
      writeUint16(bytes, at + 10, this.kernels.checksum(at, at + IPV4_BYTES, 0));
      return;
    }
    writeUint32(bytes, at, 0x60000000);
    writeUint16(bytes, at + 4, length);
    bytes[at + 6] = protocol;
    bytes[at + 7] = HOP_LIMIT;
    for (let word = 0; word < 4; word++) {
      writeUint32(bytes, at + 8 + 4 * word, from[word]!);
      writeUint32(bytes, at + 24 + 4 * word, to[word]!);
    }
  }

  /** Sequence numbers that the receiver takes: the next byte that it expects. */
  private writeReset(packet: Packet, at: number, isBack: boolean): void {
    const { bytes } = this;
    const flags = packet.tcpFlags;
    const hasAck = (flags & FLAG_ACK) !== 0;
    const phantoms = ((flags & FLAG_SYN) !== 0 ? 1 : 0) + ((flags & FLAG_FIN) !== 0 ? 1 : 0);
    const past = packet.sequenceNumber + (packet.payloadEnd - packet.payloadStart) + phantoms;
    const acknowledged = hasAck ? packet.acknowledgmentNumber : 0;
    writeUint16(bytes, at, isBack ? packet.destinationPort : packet.sourcePort);
    writeUint16(bytes, at + 2, isBack ? packet.sourcePort : packet.destinationPort);
    writeUint32(bytes, at + 4, isBack ? acknowledged : packet.sequenceNumber);
    writeUint32(bytes, at + 8, isBack ? past : acknowledged);
    const answersAck = isBack || hasAck;
    writeUint16(bytes, at + 12, 0x5000 | FLAG_RST | (answersAck ? FLAG_ACK : 0));
    writeUint32(bytes, at + 14, 0);
    writeUint16(bytes, at + 18, 0);
  }

  private writeIcmp(packet: Packet, at: number, length: number, isBack: boolean): void {
    const { bytes } = this;
    writeUint16(bytes, at, packet.ipVersion === 4 ? UNREACHABLE_V4 : UNREACHABLE_V6);
    writeUint16(bytes, at + 2, 0);
    writeUint32(bytes, at + 4, 0);
    const quote = at + ICMP_BYTES;
    bytes.copyWithin(quote, packet.ipStart, packet.ipStart + length - ICMP_BYTES);
    if (!isBack) this.turnQuote(packet, quote);
  }

  /** The destination is told of a packet that it might have sent: the one at hand, turned round. */
  private turnQuote(packet: Packet, quote: number): void {
    const { bytes } = this;
    const isV4 = packet.ipVersion === 4;
    const addresses = quote + (isV4 ? 12 : 8);
    const width = isV4 ? 4 : 16;
    const from = packet.ipStart + (isV4 ? 12 : 8);
    bytes.copyWithin(addresses, from + width, from + 2 * width);
    bytes.copyWithin(addresses + width, from, from + width);
    if (packet.transport !== IpProtocol.udp) return;
    const ports = quote + (packet.transportStart - packet.ipStart);
    writeUint16(bytes, ports, packet.destinationPort);
    writeUint16(bytes, ports + 2, packet.sourcePort);
  }
}

function icmpOf(packet: Packet): number {
  return packet.ipVersion === 4 ? IpProtocol.icmpv4 : IpProtocol.icmpv6;
}

function quoteLength(packet: Packet): number {
  const limit = packet.ipVersion === 4 ? QUOTE_MAX_V4 : QUOTE_MAX_V6;
  return Math.min(packet.ipEnd - packet.ipStart, limit);
}

function isAnswerable(packet: Packet, bytes: Uint8Array): boolean {
  if (packet.ipVersion === 0 || packet.depth > 0 || packet.parent !== null) return false;
  if (packet.isFragment) return false;
  const link = packet.etherStart < 0 ? 0 : ETHERNET_BYTES + VLAN_TAG_BYTES * packet.vlanCount;
  if (packet.ipStart - packet.start !== link) return false;
  if (packet.etherStart >= 0 && (bytes[packet.start]! & 1) !== 0) return false;
  return !isMulticast(packet, bytes) && !isIcmpError(packet) && !isReset(packet);
}

function isMulticast(packet: Packet, bytes: Uint8Array): boolean {
  if (packet.ipVersion === 6) return bytes[packet.ipStart + 24] === 0xff;
  return readUint32(bytes, packet.ipStart + 16) >>> 28 >= 0xe;
}

function isIcmpError(packet: Packet): boolean {
  if (packet.transport === IpProtocol.icmpv6) return packet.icmpType < 128;
  return packet.transport === IpProtocol.icmpv4 && packet.embeddedIpVersion !== 0;
}

function isReset(packet: Packet): boolean {
  return packet.transport === IpProtocol.tcp && (packet.tcpFlags & FLAG_RST) !== 0;
}

/** Sum of the pseudo header as 16-bit words; the same in both directions. */
function pseudoHeaderSum(packet: Packet, protocol: number, length: number): number {
  const { sourceWords, destinationWords } = packet;
  const words = packet.ipVersion === 4 ? 1 : 4;
  let sum = protocol + length;
  for (let i = 0; i < words; i++) {
    for (const word of [sourceWords[i]!, destinationWords[i]!])
      sum += (word >>> 16) + (word & 0xffff);
  }
  return sum;
}
