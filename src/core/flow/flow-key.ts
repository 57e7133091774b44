/**
 * The key of a flow, the same for both directions: ordered endpoints, protocol, VLANs, tunnel depth. Kept in
 * one reused array of words; the hash is keyed, so that nobody can choose flows that collide.
 *
 * @hotpath
 */
import { readUint32 } from "../bytes/endian.ts";
import type { Packet } from "../layers/packet.ts";
import { replyType } from "./icmp-pairs.ts";

export const KEY_WORDS = 12;

const ICMP_V4 = 1;
const ICMP_V6 = 58;
const ESP = 50;

export class FlowKey {
  readonly words = new Int32Array(KEY_WORDS);
  hash = 0;
  /** The packet's source is the first end of the key. */
  inOrder = true;
  private readonly hashKey: number;
  private readonly vlanTracking: boolean;
  private readonly depthTracking: boolean;

  constructor(options: { hashKey: number; vlanTracking: boolean; depthTracking: boolean }) {
    this.hashKey = options.hashKey | 0;
    this.vlanTracking = options.vlanTracking;
    this.depthTracking = options.depthTracking;
  }

  /** Fills the key from the packet's own headers. */
  fromPacket(packet: Packet): void {
    const { sourceWords, destinationWords } = packet;
    let low = packet.sourcePort;
    let high = packet.destinationPort;
    if (packet.transport === ICMP_V4 || packet.transport === ICMP_V6) {
      low = packet.icmpType;
      high = replyType(packet.transport, packet.icmpType);
    } else if (packet.protocol === ESP) {
      low = high = packet.espSpi;
    }
    this.fill(
      packet,
      packet.transport === 0 ? packet.protocol : packet.transport,
      sourceWords,
      destinationWords,
      low,
      high,
    );
  }

  /** Fills the key of the packet that an ICMP error quotes, with its direction turned around. */
  fromQuoted(packet: Packet, bytes: Uint8Array, source: Int32Array, destination: Int32Array): void {
    const at = packet.embeddedIpStart;
    source.fill(0);
    destination.fill(0);
    if (packet.embeddedIpVersion === 4) {
      source[0] = readUint32(bytes, at + 12);
      destination[0] = readUint32(bytes, at + 16);
    } else {
      for (let i = 0; i < 4; i++) {
        source[i] = readUint32(bytes, at + 8 + 4 * i);
        destination[i] = readUint32(bytes, at + 24 + 4 * i);
      }
    }
    this.fill(
      packet,
      packet.embeddedProtocol,
      source,
      destination,
      packet.embeddedSourcePort,
      packet.embeddedDestinationPort,
    );
  }

  private fill(
    packet: Packet,
    protocol: number,
    source: Int32Array,
    destination: Int32Array,
    sourcePort: number,
    destinationPort: number,
  ): void {
    const { words } = this;
    const inOrder = compareEnds(source, sourcePort, destination, destinationPort) <= 0;
    this.inOrder = inOrder;
    const first = inOrder ? source : destination;
    const second = inOrder ? destination : source;
    for (let i = 0; i < 4; i++) {
      words[i] = first[i]!;
      words[4 + i] = second[i]!;
    }
    words[8] = inOrder ? sourcePort : destinationPort;
    words[9] = inOrder ? destinationPort : sourcePort;
    const depth = this.depthTracking ? packet.depth : 0;
    words[10] = (packet.ipVersion << 24) | (protocol << 16) | (depth << 8);
    words[11] = this.vlanTracking ? vlanWord(packet) : 0;
    this.hash = this.mix();
  }

  private mix(): number {
    const { words } = this;
    let hash = this.hashKey;
    for (let i = 0; i < KEY_WORDS; i++) {
      let word = Math.imul(words[i]!, 0xcc9e2d51);
      word = (word << 15) | (word >>> 17);
      hash ^= Math.imul(word, 0x1b873593);
      hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
    }
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return hash ^ (hash >>> 16);
  }
}

function vlanWord(packet: Packet): number {
  let word = packet.vlanCount;
  for (let i = 0; i < packet.vlanCount; i++) word = Math.imul(word, 4099) + packet.vlanIds[i]! + 1;
  return word;
}

function compareEnds(a: Int32Array, aPort: number, b: Int32Array, bPort: number): number {
  for (let i = 0; i < 4; i++) {
    const difference = a[i]! - b[i]!;
    if (difference !== 0) return difference;
  }
  return aPort - bPort;
}
