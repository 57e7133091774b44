/**
 * What can be set of TCP tracking and reassembly, with Suricata's stock values.
 *
 * @hotpath
 */
import { OverlapPolicy } from "./overlap-policy.ts";

export interface StreamOptions {
  readonly memoryLimitBytes: number;
  readonly reassemblyMemoryLimitBytes: number;
  /** Sessions may begin in the middle of a connection. */
  readonly midstream: boolean;
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
  readonly synAckQueuedMax: number;
  /** Separate regions of data a direction may hold at once (1 to 64). */
  readonly maxRegions: number;
  /** The OverlapPolicy of the host that receives the data. */
  readonly policyFor: (ipVersion: number, destinationWords: Int32Array) => number;
}

export const stockStreamOptions: StreamOptions = {
  memoryLimitBytes: 64 << 20,
  reassemblyMemoryLimitBytes: 256 << 20,
  midstream: false,
  asyncOneSide: false,
  inline: false,
  checksumValidation: true,
  bypass: false,
  dropInvalid: true,
  depthBytes: 1 << 20,
  toServerChunkBytes: 2560,
  toClientChunkBytes: 2560,
  synAckQueuedMax: 5,
  maxRegions: 8,
  policyFor: () => OverlapPolicy.bsd,
};
