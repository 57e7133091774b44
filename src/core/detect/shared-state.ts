/**
 * What rules remember beyond flows when several threads run an engine each: tables for thresholds, hostbits, xbits, tags
 * of hosts, limits that were told of and changes of datasets, in memory that all of them see, and rings by which keywords
 * tell each other what they measured. The host makes the memory, hands it to each thread, and gives each a number.
 */
import { createSharedRing, SharedRings } from "../bytes/shared-ring.ts";
import type { DetectionLimits } from "./detection-state.ts";
import { createSharedAddresses, SharedAddressTable } from "./shared-address-table.ts";
import { createSharedValues, SharedValues } from "./shared-values.ts";

/** Tagged hosts kept at once, with one engine or several. */
export const HOST_TAGS_MAX = 65_536;
/** Limits of metrics that were told of and whose window is not over. */
export const TOLD_LIMITS_MAX = 65_536;
/** Bits of the map of tags that were set on a host. */
const TAG_MARKS = 1024;

/** The memory, as it goes from thread to thread. */
export interface SharedStateMemory {
  readonly thresholds: SharedArrayBuffer;
  readonly hostBits: SharedArrayBuffer;
  readonly xBits: SharedArrayBuffer;
  readonly hostTags: SharedArrayBuffer;
  readonly tagMarks: SharedArrayBuffer;
  readonly toldLimits: SharedArrayBuffer;
  readonly datasets: SharedArrayBuffer;
  /** Key of what engines tell each other hashed. */
  readonly seed: number;
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
    hostTags: createSharedAddresses(HOST_TAGS_MAX, seed ^ 0x165667b1),
    tagMarks: new SharedArrayBuffer(TAG_MARKS / 8),
    toldLimits: createSharedAddresses(TOLD_LIMITS_MAX, seed ^ 0x2545f491),
    datasets: createSharedValues(seed ^ 0x1b56c4e9),
    seed,
    rings: Array.from({ length: threadCount }, createSharedRing),
  };
}

export class SharedState {
  readonly thresholds: SharedAddressTable;
  readonly hostBits: SharedAddressTable;
  readonly xBits: SharedAddressTable;
  readonly hostTags: SharedAddressTable;
  readonly toldLimits: SharedAddressTable;
  readonly datasets: SharedValues;
  readonly rings: SharedRings;
  readonly seed: number;
  readonly threadNumber: number;
  /** The first of the threads: it tells what all of them know. */
  readonly isSpeaker: boolean;

  private readonly tagMarks: Int32Array;

  /** @param threadNumber from 1, another for each thread. */
  constructor(memory: SharedStateMemory, threadNumber: number) {
    this.threadNumber = threadNumber;
    this.seed = memory.seed;
    this.rings = new SharedRings(memory.rings, threadNumber - 1);
    this.isSpeaker = threadNumber === 1;
    this.thresholds = new SharedAddressTable(memory.thresholds, threadNumber);
    this.hostBits = new SharedAddressTable(memory.hostBits, threadNumber);
    this.xBits = new SharedAddressTable(memory.xBits, threadNumber);
    this.hostTags = new SharedAddressTable(memory.hostTags, threadNumber);
    this.tagMarks = new Int32Array(memory.tagMarks);
    this.toldLimits = new SharedAddressTable(memory.toldLimits, threadNumber);
    this.datasets = new SharedValues(memory.datasets, threadNumber);
  }

  /** A tag was set on some host. */
  markTag(tag: number): void {
    const mark = tag & (TAG_MARKS - 1);
    Atomics.or(this.tagMarks, mark >>> 5, 1 << (mark & 31));
  }

  /** Whether the tag may have been set: two may have one mark. */
  isTagMarked(tag: number): boolean {
    const mark = tag & (TAG_MARKS - 1);
    return (Atomics.load(this.tagMarks, mark >>> 5) & (1 << (mark & 31))) !== 0;
  }

  /**
   * True for the first of the threads that asks with these words (KEY_WORDS of them) until `untilUs`, also when there is
   * no room to remember it.
   */
  isFirst(key: Int32Array, nowUs: number, untilUs: number): boolean {
    const { toldLimits } = this;
    toldLimits.key.setRaw(key);
    if (!toldLimits.acquire()) return true;
    const isFirst = toldLimits.find(nowUs) < 0;
    const slot = isFirst ? toldLimits.insert(nowUs) : -1;
    if (slot >= 0) toldLimits.expiresUs[slot] = untilUs;
    toldLimits.release();
    return isFirst;
  }

  *counters(): IterableIterator<readonly [string, number]> {
    const { thresholds, hostBits, xBits, hostTags, toldLimits, datasets } = this;
    yield ["anomaly.shared_received", this.rings.received];
    yield ["anomaly.shared_lost", this.rings.lost];
    yield ["detect.told_limits_refused", toldLimits.refused];
    const tables = [thresholds, hostBits, xBits, hostTags, toldLimits, datasets];
    yield ["detect.shared_state_waits", tables.reduce((sum, { waits }) => sum + waits, 0)];
    yield ["detect.shared_state_closed", tables.reduce((sum, { closed }) => sum + closed, 0)];
  }
}
