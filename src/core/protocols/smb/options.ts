/** Limits of SMB, with the defaults that hold in Suricata when nothing is configured. 0 switches a limit off. */
import type { QueueLimits } from "../files/file-transfer.ts";
import type { Settings } from "../settings.ts";

const MEGABYTE = 1024 * 1024;

/** What one direction of file transfer may take. */
export interface TransferLimits extends QueueLimits {
  /** Bytes of one read or write. */
  readonly sizeMaxBytes: number;
}

export interface SmbOptions {
  readonly transactionsMax: number;
  readonly read: TransferLimits;
  readonly write: TransferLimits;
  /** Entries of each table of a connection (names, trees, reads under way); the oldest go first. */
  readonly namesMax: number;
  readonly readsMax: number;
  readonly treesMax: number;
  readonly fragmentsMax: number;
}

export function readSmbOptions(settings: Settings): SmbOptions {
  return {
    transactionsMax: settings.number("max-tx", 1024),
    read: readLimits(settings, "read"),
    write: readLimits(settings, "write"),
    namesMax: settings.number("max-guid-cache-size", 1024),
    readsMax: settings.number("max-rec-offset-cache-size", 128),
    treesMax: settings.number("max-tree-cache-size", 512),
    fragmentsMax: settings.number("max-dcerpc-frag-cache-size", 128),
  };
}

function readLimits(settings: Settings, kind: "read" | "write"): TransferLimits {
  return {
    sizeMaxBytes: settings.bytes(`max-${kind}-size`, 16 * MEGABYTE),
    queueMaxBytes: settings.bytes(`max-${kind}-queue-size`, 64 * MEGABYTE),
    queueMaxCount: settings.number(`max-${kind}-queue-cnt`, 64),
  };
}
