/**
 * Selective acknowledgments (RFC 2018): how much data beyond the acknowledged edge the receiver says it has.
 * Only the blocks of the packet itself count; earlier ones are not remembered.
 *
 * @hotpath
 */
import { readUint32 } from "../bytes/endian.ts";
import type { Packet } from "../layers/packet.ts";
import type { StreamBuffer } from "./stream-buffer.ts";

const BLOCK_BYTES = 8;

/** Bytes of `receiver` that the packet's blocks name; 0 without the option. */
export function sackedBytes(packet: Packet, receiver: StreamBuffer, bytes: Uint8Array): number {
  if (packet.sackCount === 0 || packet.sackStart < 0) return 0;
  let total = 0;
  for (let i = 0; i < packet.sackCount; i++) {
    const at = packet.sackStart + BLOCK_BYTES * i;
    const left = readUint32(bytes, at) | 0;
    const right = readUint32(bytes, at + 4) | 0;
    const length = (right - left) | 0;
    const beyond = ((left - receiver.lastAck) | 0) >= 0;
    const inWindow = ((right - receiver.nextWindow) | 0) <= 0;
    if (length > 0 && beyond && inWindow) total += length;
  }
  return total;
}
