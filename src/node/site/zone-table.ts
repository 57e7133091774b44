/**
 * The offsets of an IANA time zone as numbers for the core, found once by asking the host's zone database at steps of
 * 20 days and narrowing down each change to the second. Changes that undo each other within a step would be missed;
 * the shortest time between two is a month (Morocco's Ramadan).
 */
import type { ZoneOffsets } from "../../core/anomaly/zone-time.ts";

const STEP_MS = 20 * 86_400_000;
/** Captures from before, and after, get the first and the last offset. */
const FIRST_MS = Date.UTC(1990, 0, 1);
const LAST_MS = Date.UTC(2060, 0, 1);

/** Null when there is no such zone. */
export function readZone(name: string): ZoneOffsets | null {
  const format = formatOf(name);
  if (format === null) return null;
  const starts = [Number.NEGATIVE_INFINITY];
  const offsets = [offsetMs(format, FIRST_MS)];
  for (let at = FIRST_MS; at < LAST_MS; at += STEP_MS) {
    const before = offsets[offsets.length - 1];
    const after = offsetMs(format, at + STEP_MS);
    if (before === undefined || before === after) continue;
    starts.push(changeBetween(format, at, at + STEP_MS, before) / 1000);
    offsets.push(after);
  }
  return {
    name: format.resolvedOptions().timeZone,
    starts: Float64Array.from(starts),
    offsets: Int32Array.from(offsets, (offset) => offset / 1000),
  };
}

/** Names of zones that the host knows, for hints. */
export function zoneNames(): readonly string[] {
  return Intl.supportedValuesOf("timeZone");
}

function formatOf(name: string): Intl.DateTimeFormat | null {
  try {
    return new Intl.DateTimeFormat("en-US", {
      timeZone: name,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch {
    return null;
  }
}

/** Milliseconds from UTC, east positive. */
function offsetMs(format: Intl.DateTimeFormat, timeMs: number): number {
  const [month, day, year, hour, minute, second] = (format.format(timeMs).match(/\d+/g) ?? []).map(
    Number,
  );
  const local = Date.UTC(
    year ?? 0,
    (month ?? 1) - 1,
    day ?? 0,
    hour ?? 0,
    minute ?? 0,
    second ?? 0,
  );
  return local - timeMs;
}

/** The first second after `fromMs` whose offset is not `before`. */
function changeBetween(
  format: Intl.DateTimeFormat,
  fromMs: number,
  toMs: number,
  before: number,
): number {
  let low = fromMs;
  let high = toMs;
  while (high - low > 1000) {
    const middle = low + Math.floor((high - low) / 2000) * 1000;
    if (offsetMs(format, middle) === before) low = middle;
    else high = middle;
  }
  return high;
}
