/**
 * What can be set of TCP tracking and reassembly, with Suricata's stock values.
 *
 * @hotpath
 */
import { OverlapPolicy } from "./overlap-policy.ts";

/** What is done with the byte that the urgent pointer names (RFC 6093 §3.1). */
export const UrgentPolicy = {
  /** It is not part of the stream. */
  outOfBand: 0,
  /** It is data like any other. */
  inline: 1,
  /** The packet is dropped, inline. */
  drop: 2,
  /** It is missing from the stream. */
  gap: 3,
} as const;

export interface StreamOptions {
  readonly memoryLimitBytes: number;
  readonly reassemblyMemoryLimitBytes: number;
  /** Sessions may begin in the middle of a connection. */
  readonly midstream: boolean;
  /** The policy for such packets lets them begin one. */
  readonly midstreamPickup: boolean;
  /** Only one side of a connection may be visible. */
  readonly asyncOneSide: boolean;
  /** Data is inspected when it arrives, not when it is acknowledged. */
  readonly inline: boolean;
  readonly checksumValidation: boolean;
  readonly bypass: boolean;
  readonly dropInvalid: boolean;
  /** Bytes of a direction that are reassembled; 0 for all. */
  readonly depthBytes: number;
  readonly toServerChunkBytes: number;
  readonly toClientChunkBytes: number;
  /** SYNs and SYN+ACKs with other contents than before that are remembered for one handshake. */
  readonly synQueuedMax: number;
  readonly synAckQueuedMax: number;
  /** Values of UrgentPolicy: for urgent bytes, and for those over URGENT_BYTES_MAX. */
  readonly urgentPolicy: number;
  readonly urgentLimitPolicy: number;
  /** Separate regions of data a direction may hold at once (1 to 64). */
  readonly maxRegions: number;
  /** The OverlapPolicy of the host that receives the data. */
  readonly policyFor: (ipVersion: number, destinationWords: Int32Array) => number;
}

export const stockStreamOptions: StreamOptions = {
  memoryLimitBytes: 64 << 20,
  reassemblyMemoryLimitBytes: 256 << 20,
  midstream: false,
  midstreamPickup: true,
  asyncOneSide: false,
  inline: false,
  checksumValidation: true,
  bypass: false,
  dropInvalid: true,
  depthBytes: 1 << 20,
  toServerChunkBytes: 2560,
  toClientChunkBytes: 2560,
  synQueuedMax: 10,
  synAckQueuedMax: 5,
  urgentPolicy: UrgentPolicy.outOfBand,
  urgentLimitPolicy: UrgentPolicy.drop,
  maxRegions: 8,
  policyFor: () => OverlapPolicy.bsd,
};
