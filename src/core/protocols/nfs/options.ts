/** Limits of NFS. What is beyond one: the oldest entry goes, or the piece is left out of its file. */
import type { QueueLimits } from "../files/file-transfer.ts";
import type { Settings } from "../settings.ts";

const MEGABYTE = 1024 * 1024;

export interface NfsOptions {
  /** Unfinished transactions of a flow, and calls that wait for their reply; the oldest is ended. */
  readonly transactionsMax: number;
  /** Names of file handles of a flow; the one used longest ago goes. */
  readonly namesMax: number;
  /** Files of a flow under way; the one used longest ago is cut. */
  readonly openFilesMax: number;
  /** Bytes of one read or write; larger ones are not taken into a file. */
  readonly pieceMaxBytes: number;
  /** Bytes of all files of a flow that wait for what is before them; further ones are left out. */
  readonly waitingMaxBytes: number;
  readonly queue: QueueLimits;
}

export function readNfsOptions(settings: Settings): NfsOptions {
  return {
    transactionsMax: settings.number("max-tx", 1024),
    namesMax: 1024,
    openFilesMax: 256,
    pieceMaxBytes: 16 * MEGABYTE,
    waitingMaxBytes: 32 * MEGABYTE,
    queue: { queueMaxBytes: 16 * MEGABYTE, queueMaxCount: 1024 },
  };
}
