/**
 * How much the contacts of a pair look like a machine that reports at intervals, 0 to 1, in the manner of
 * RITA: the intervals scatter little (MADM) and evenly (Bowley's skewness), the sizes scatter little, the
 * contacts go on for long and are spread evenly over that time. A scatter that comes from up to 20 % of jitter
 * costs nothing; intervals of a Poisson process, as people make them, get nothing. Pauses (a laptop that
 * sleeps) count as at most four intervals.
 *
 * @hotpath
 */
import {
  bowleySkewness,
  fallingScore,
  quantile,
  relativeDeviation,
  sortFew,
} from "../dispersion.ts";
import { CONTACTS_KEPT, type ContactLog } from "./contact-log.ts";

const Weight = { interval: 0.35, skew: 0.15, size: 0.2, duration: 0.1, histogram: 0.2 } as const;
const BINS_MAX = 12;
const CONTACTS_PER_BIN = 4;
const PAUSE_INTERVALS = 4;

export class BeaconScore {
  /** Parts and whole of the last `measure`, 0 to 1. */
  value = 0;
  interval = 0;
  skew = 0;
  size = 0;
  duration = 0;
  histogram = 0;
  /** Seconds: the median interval, and from the first contact to the latest. */
  medianSeconds = 0;
  spanSeconds = 0;
  private readonly log: ContactLog;
  private readonly values = new Float64Array(CONTACTS_KEPT);
  private readonly bins = new Float64Array(BINS_MAX);

  constructor(log: ContactLog) {
    this.log = log;
  }

  /** Fills the fields for a pair; `overSeconds` of contact give half the score of duration, twice as many all. */
  measure(slot: number, overSeconds: number): number {
    const { log } = this;
    const known = Math.min(log.contacts[slot]! - 1, CONTACTS_KEPT);
    this.spanSeconds = log.spanSeconds(slot);
    this.duration = Math.min(1, this.spanSeconds / (2 * overSeconds));
    this.value = this.interval = this.skew = this.size = this.histogram = this.medianSeconds = 0;
    if (known < 2) return 0;
    this.measureIntervals(slot, known);
    this.histogram = this.evenness(slot, known);
    const sizes = Math.min(log.sizesSeen[slot]!, CONTACTS_KEPT);
    let sum = Weight.interval * this.interval + Weight.skew * this.skew;
    sum += Weight.duration * this.duration + Weight.histogram * this.histogram;
    // While most flows are still open nothing is known of sizes, and nothing said.
    if (2 * sizes < known) this.value = sum / (1 - Weight.size);
    else this.value = sum + Weight.size * this.measureSizes(slot, sizes);
    return this.value;
  }

  private measureIntervals(slot: number, count: number): void {
    const { values } = this;
    this.load(this.log.intervals, slot, count);
    this.medianSeconds = quantile(values, count, 0.5);
    this.skew = fallingScore(Math.abs(bowleySkewness(values, count)), 0.25, 1);
    this.interval = fallingScore(relativeDeviation(values, count), 0.15, 0.45);
  }

  private measureSizes(slot: number, count: number): number {
    this.load(this.log.sizes, slot, count);
    this.size = fallingScore(relativeDeviation(this.values, count), 0.1, 0.5);
    return this.size;
  }

  /** 1 less the coefficient of variation of contacts in equal parts of the time that the ring holds. */
  private evenness(slot: number, count: number): number {
    const { bins, log } = this;
    const base = slot * CONTACTS_KEPT;
    const longest = PAUSE_INTERVALS * this.medianSeconds;
    let total = 0;
    for (let i = 0; i < count; i++) total += Math.min(longest, log.intervals[base + i]!);
    const binCount = Math.min(BINS_MAX, Math.floor(count / CONTACTS_PER_BIN));
    if (binCount < 2 || total <= 0) return 0;
    bins.fill(0);
    const oldest = log.contacts[slot]! - 1 - count;
    let at = 0;
    for (let i = 0; i < count; i++) {
      at += Math.min(longest, log.intervals[base + ((oldest + i) % CONTACTS_KEPT)]!);
      bins[Math.min(binCount - 1, Math.floor((at / total) * binCount))]!++;
    }
    const mean = count / binCount;
    let squares = 0;
    for (let i = 0; i < binCount; i++) squares += (bins[i]! - mean) ** 2;
    return fallingScore(Math.sqrt(squares / binCount) / mean, 0.3, 1);
  }

  private load(column: Float32Array, slot: number, count: number): void {
    const base = slot * CONTACTS_KEPT;
    for (let i = 0; i < count; i++) this.values[i] = column[base + i]!;
    sortFew(this.values, count);
  }
}
