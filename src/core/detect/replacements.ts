/**
 * What `replace` does to a packet that goes on: bytes of matches are overwritten, and the transport checksum is
 * changed by as much (RFC 1624), so that a wrong one stays wrong. Packets of the wire only: what came out of a
 * tunnel or of fragments is not what is sent.
 *
 * @hotpath
 */
import { readUint16, writeUint16 } from "../bytes/endian.ts";
import type { Packet } from "../layers/packet.ts";

const TCP = 6;
const UDP = 17;
const ICMP = 1;
const ICMP_V6 = 58;
/** Replacements of one packet's rule; more are not made, which is counted. */
export const REPLACEMENTS_MAX = 64;

export class Replacements {
  /** Packets changed, and replacements that were not made: too many, or a packet that cannot be changed. */
  packets = 0;
  refused = 0;
  private readonly offsets = new Int32Array(REPLACEMENTS_MAX);
  private readonly contents: Uint8Array[] = [];

  /** Forgets what was noted for a rule that did not match. */
  clear(): void {
    this.contents.length = 0;
  }

  /** Notes that the bytes from `offset` on are to become `content`, once the whole rule has matched. */
  note(offset: number, content: Uint8Array): void {
    if (this.contents.length === REPLACEMENTS_MAX) {
      this.refused++;
      return;
    }
    this.offsets[this.contents.length] = offset;
    this.contents.push(content);
  }

  /** Overwrites what was noted. */
  apply(bytes: Uint8Array, packet: Packet): void {
    const { contents } = this;
    if (contents.length === 0) return;
    const checksumAt = checksumPlace(packet);
    if (checksumAt < 0) this.refused += contents.length;
    else {
      let change = 0;
      for (let i = 0; i < contents.length; i++) {
        change += overwrite(bytes, packet, this.offsets[i]!, contents[i]!);
      }
      mend(bytes, checksumAt, change, packet.transport === UDP);
      this.packets++;
    }
    contents.length = 0;
  }

  *counters(): IterableIterator<readonly [string, number]> {
    yield ["ips.replaced", this.packets];
    yield ["detect.replacements_refused", this.refused];
  }
}

/** Offset of the checksum; -1 for packets that are not changed. */
function checksumPlace(packet: Packet): number {
  if (packet.depth > 0 || packet.parent !== null || packet.isFragment) return -1;
  switch (packet.transport) {
    case TCP:
      return packet.transportStart + 16;
    case UDP:
      return packet.transportStart + 6;
    case ICMP:
    case ICMP_V6:
      return packet.transportStart + 2;
    default:
      return -1;
  }
}

/** Returns by how much the sum of 16-bit words has changed. Bytes outside of the payload are left. */
function overwrite(bytes: Uint8Array, packet: Packet, offset: number, content: Uint8Array): number {
  if (offset < packet.payloadStart || offset + content.length > packet.payloadEnd) return 0;
  let change = 0;
  for (let i = 0; i < content.length; i++) {
    const at = offset + i;
    const difference = content[i]! - bytes[at]!;
    change += ((at - packet.transportStart) & 1) === 0 ? difference * 256 : difference;
    bytes[at] = content[i]!;
  }
  return change;
}

function mend(bytes: Uint8Array, at: number, change: number, isUdp: boolean): void {
  const old = readUint16(bytes, at);
  if (isUdp && old === 0) return;
  const sum = ((((~old & 0xffff) + change) % 0xffff) + 0xffff) % 0xffff;
  const fresh = ~sum & 0xffff;
  writeUint16(bytes, at, isUdp && fresh === 0 ? 0xffff : fresh);
}
