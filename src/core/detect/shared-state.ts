/**
 * What rules remember beyond flows when several threads run an engine each: one table for thresholds, one for
 * hostbits, one for xbits, in memory that all of them see, and rings by which keywords tell each other what they measured.
 * The host makes the memory, hands it to each thread, and gives each a number.
 */
import { createSharedRing, SharedRings } from "../bytes/shared-ring.ts";
import type { DetectionLimits } from "./detection-state.ts";
import { createSharedAddresses, SharedAddressTable } from "./shared-address-table.ts";

/** The memory, as it goes from thread to thread. */
export interface SharedStateMemory {
  readonly thresholds: SharedArrayBuffer;
  readonly hostBits: SharedArrayBuffer;
  readonly xBits: SharedArrayBuffer;
  /** One for each thread. */
  readonly rings: readonly SharedArrayBuffer[];
}

export function createSharedState(
  { hostBitsMax, xBitsMax }: DetectionLimits,
  thresholdCountsMax: number,
  seed: number,
  threadCount: number,
): SharedStateMemory {
  return {
    thresholds: createSharedAddresses(thresholdCountsMax, seed),
    hostBits: createSharedAddresses(hostBitsMax, seed ^ 0x27d4eb2f),
    xBits: createSharedAddresses(xBitsMax, seed ^ 0x5bd1e995),
    rings: Array.from({ length: threadCount }, createSharedRing),
  };
}

export class SharedState {
  readonly thresholds: SharedAddressTable;
  readonly hostBits: SharedAddressTable;
  readonly xBits: SharedAddressTable;
  readonly rings: SharedRings;
  /** The first of the threads: it tells what all of them know. */
  readonly isSpeaker: boolean;

  /** @param threadNumber from 1, another for each thread. */
  constructor({ thresholds, hostBits, xBits, rings }: SharedStateMemory, threadNumber: number) {
    this.rings = new SharedRings(rings, threadNumber - 1);
    this.isSpeaker = threadNumber === 1;
    this.thresholds = new SharedAddressTable(thresholds, threadNumber);
    this.hostBits = new SharedAddressTable(hostBits, threadNumber);
    this.xBits = new SharedAddressTable(xBits, threadNumber);
  }

  *counters(): IterableIterator<readonly [string, number]> {
    const tables = [this.thresholds, this.hostBits, this.xBits];
    const sum = (read: (table: SharedAddressTable) => number): number =>
      tables.reduce((total, table) => total + read(table), 0);
    yield ["detect.shared_state_waits", sum(({ waits }) => waits)];
    yield ["detect.shared_state_closed", sum(({ closed }) => closed)];
  }
}
