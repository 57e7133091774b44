/**
 * Windows of one length and the slots of a season that they fall into, in the local time of a zone. Windows are counted
 * from a local midnight of 1970, in the zone's standard time: a window of a day begins at midnight, in summer at one.
 *
 * @hotpath
 */
import { localSeconds, minuteOfWeek, offsetAt, type ZoneOffsets } from "../zone-time.ts";
import type { Season } from "./metric.ts";

/** A winter's day north of the equator. */
const STANDARD_TIME_SECONDS = 1_577_836_800;
const HOUR_SECONDS = 3600;
const DAY_SECONDS = 86_400;

export class SeasonCalendar {
  readonly windowSeconds: number;
  readonly season: Season;
  private readonly zone: ZoneOffsets;
  private readonly shiftSeconds: number;

  constructor(zone: ZoneOffsets, windowSeconds: number, season: Season) {
    this.zone = zone;
    this.windowSeconds = windowSeconds;
    this.season = season;
    this.shiftSeconds = shiftOf(zone);
  }

  windowAt(seconds: number): number {
    return Math.floor((seconds + this.shiftSeconds) / this.windowSeconds);
  }

  /** When a window begins, in Unix seconds. */
  beginOf(window: number): number {
    return window * this.windowSeconds - this.shiftSeconds;
  }

  /** The slot of the season that a window begins in. */
  slotOf(window: number): number {
    if (this.season === "none") return 0;
    const hour = Math.floor(minuteOfWeek(localSeconds(this.zone, this.beginOf(window))) / 60);
    return this.season === "hour_of_day" ? hour % 24 : hour;
  }

  /** One past the last window that is handled with this one: of the same slot, and a day at most. */
  runEnd(window: number): number {
    const span = this.season === "none" ? DAY_SECONDS : HOUR_SECONDS;
    const begin = this.beginOf(window) + offsetAt(this.zone, this.beginOf(window));
    const next = (Math.floor(begin / span) + 1) * span;
    return window + Math.max(1, Math.ceil((next - begin) / this.windowSeconds));
  }

  /** The first window that is at least half covered by an observation from `seconds` on. */
  firstObserved(seconds: number): number {
    const window = this.windowAt(seconds);
    return seconds - this.beginOf(window) <= this.windowSeconds / 2 ? window : window + 1;
  }

  /** One past the last window that is at least half covered by an observation up to `seconds`. */
  observedEnd(seconds: number): number {
    const window = this.windowAt(seconds);
    return seconds - this.beginOf(window) >= this.windowSeconds / 2 ? window + 1 : window;
  }
}

/** Seconds added to Unix time before it is divided into windows. */
export function shiftOf(zone: ZoneOffsets): number {
  return offsetAt(zone, STANDARD_TIME_SECONDS);
}
