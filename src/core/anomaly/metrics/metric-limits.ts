/**
 * How much is kept, by named limits. In bytes, with one meter a kind: a host, pair or service 40 to 60 of key and times,
 * and for each meter 12 (a sum) or 24 (a count, with its small set); a series of an hour of week 2,048, of an hour of
 * day 320, without season 44; a sketch 512; a remembered value 20. Tables are made for their limit at once, so the
 * operating system gives pages only as they are used.
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
