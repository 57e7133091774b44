/**
 * How much is kept, by named limits. In bytes, a key takes 24 of index and age and a row, a multiple of 32: hash and key
 * (24 a host, 40 a pair, 28 a service), 4 for marks and for each length of window, 8 for a sum, 16 for a ratio, 24 for a
 * count with its small set; beside it for each limit 4, of a baseline 20. A host with all metrics in windows of one
 * length has a row of 256. A series of an hour of week takes 2,048, of an hour of day 320, without season 44; a sketch
 * 524; a remembered value 16; a flow 128. Tables are made for their limit at once, so the operating system gives pages
 * only as they are used.
 */

export interface MetricLimits {
  /** Keys of a kind that live at once; beyond, what is idle goes first, then what is least active. */
  readonly hostsMax: number;
  readonly pairsMax: number;
  readonly servicesMax: number;
  readonly networksMax: number;
  /** Bytes for all series of baselines; each baseline gets an equal share. */
  readonly seriesBytesMax: number;
  /** Sketches for counts above four. */
  readonly sketchesMax: number;
  /** Values that hosts were seen with. */
  readonly seenMax: number;
}

export const defaultMetricLimits: MetricLimits = {
  hostsMax: 1_048_576,
  pairsMax: 262_144,
  servicesMax: 131_072,
  networksMax: 256,
  seriesBytesMax: 256 * 1024 ** 2,
  sketchesMax: 65_536,
  seenMax: 1_048_576,
};

/** A flow's counts are settled after so many bytes or so much time, beside its first packets and its end. */
export const SETTLE_BYTES = 65_536;
export const SETTLE_US = 10_000_000;
/** Keys idle for so long go first when room is needed. */
export const KEY_IDLE_US = 6 * 3600 * 1_000_000;
/** Windows that one signal may wait for its other direction. */
export const PENDING_SIGNALS_MAX = 64;
/** Bytes out before a ratio says anything. */
export const RATIO_MINIMUM_BYTES = 1_048_576;
