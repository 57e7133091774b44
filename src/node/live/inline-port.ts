/**
 * One side of a bridge: packets from a TPACKET_V2 ring, which hands over each frame at once, and frames of the
 * arena sent in batches. What this machine sends itself is not seen, so that nothing goes round in circles.
 */

import { RingCount, requireAddon } from "../native/native-addon.ts";
import { type AfPacketOptions, AfPacketSource } from "./af-packet-source.ts";
import { readOffloads } from "./offload-settings.ts";

/** Headers of the ring in front of a frame, and a VLAN tag. */
const RING_HEADER_BYTES = 256;
const FRAME_BYTES_MIN = 2048;
const FRAME_BYTES_MAX = 16_384;
const BLOCK_BYTES = 1024 ** 2;

export type InlinePortOptions = Omit<AfPacketOptions, "filter" | "promiscuous" | "fanoutGroup">;

export class InlinePort extends AfPacketSource {
  /** Throws LiveError: no such interface, no right to open it, no addon. */
  constructor(options: InlinePortOptions) {
    const all = { ...options, filter: "", promiscuous: true, fanoutGroup: -1 };
    super(all, {
      version: 2,
      blockBytes: BLOCK_BYTES,
      frameBytes: frameBytes(options.name),
      ignoreOutgoing: true,
    });
  }

  /** Sends frames of the arena in order: `count` pairs of start and length. Returns how many left. */
  send(frames: Int32Array, count: number): number {
    return count === 0 ? 0 : this.addon.ringSend(this.handle, frames, count);
  }

  /** Throws away what waits in the ring. Returns how many packets. */
  discard(): number {
    return this.addon.ringDiscard(this.handle);
  }

  /** Frames sent, and frames that could not be, as of the last `counts`. */
  get sent(): number {
    return this.countsOfRing[RingCount.sent]!;
  }
  get sendFailures(): number {
    return this.countsOfRing[RingCount.sendFailures]! + this.countsOfRing[RingCount.truncated]!;
  }
}

/** The smallest power of two that a frame of the interface's MTU fits; longer ones come through the socket. */
function frameBytes(name: string): number {
  const { mtu } = readOffloads(requireAddon("a bridge"), name);
  let bytes = FRAME_BYTES_MIN;
  while (bytes < mtu + RING_HEADER_BYTES && bytes < FRAME_BYTES_MAX) bytes *= 2;
  return bytes;
}
