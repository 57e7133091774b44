/**
 * Local time from packet time: the offsets of a time zone as plain numbers, which the host supplies (the core has no
 * zone database), and the calendar arithmetic of days, weekdays and months (proleptic Gregorian, no leap seconds).
 */

/** Offsets of a zone: `offsets[i]` seconds east of UTC hold from `starts[i]` (Unix seconds, ascending) on. */
export interface ZoneOffsets {
  /** IANA name, as `Europe/Berlin`. */
  readonly name: string;
  /** The first is -Infinity. */
  readonly starts: Float64Array;
  readonly offsets: Int32Array;
}

export const utcZone: ZoneOffsets = {
  name: "UTC",
  starts: Float64Array.of(Number.NEGATIVE_INFINITY),
  offsets: Int32Array.of(0),
};

export const DAY_SECONDS = 86_400;
export const HOUR_SECONDS = 3600;
export const WEEK_MINUTES = 7 * 24 * 60;
/** 1970-01-01 was a Thursday; weekdays count from Monday. */
const EPOCH_WEEKDAY = 3;

/** Seconds east of UTC at a time in Unix seconds. Logarithmic in the number of changes. */
export function offsetAt(zone: ZoneOffsets, seconds: number): number {
  const { starts, offsets } = zone;
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (starts[middle]! <= seconds) low = middle;
    else high = middle - 1;
  }
  return offsets[low]!;
}

/** Unix seconds as if the local clock were UTC. */
export function localSeconds(zone: ZoneOffsets, seconds: number): number {
  return seconds + offsetAt(zone, seconds);
}

/** Days since 1970-01-01 of a local time. */
export function dayOf(localTime: number): number {
  return Math.floor(localTime / DAY_SECONDS);
}

/** 0 is Monday. */
export function weekdayOf(day: number): number {
  return (((day + EPOCH_WEEKDAY) % 7) + 7) % 7;
}

/** 0 is Monday 00:00; below 10,080. */
export function minuteOfWeek(localTime: number): number {
  const day = dayOf(localTime);
  return weekdayOf(day) * 1440 + Math.floor((localTime - day * DAY_SECONDS) / 60);
}

/** Days since 1970-01-01 of a date, or null when there is no such date. Month and day count from 1. */
export function dayNumber(year: number, month: number, day: number): number | null {
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return null;
  // Years begin in March here, so that the leap day is the last of a year.
  const shifted = month > 2 ? year : year - 1;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const leapDays = Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
  return era * 146_097 + yearOfEra * 365 + leapDays + dayOfYear - 719_468;
}

/** Month * 32 + day of a day number. */
export function monthDayOf(day: number): number {
  const shifted = day + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const leapDays = Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
  const dayOfYear = dayOfEra - (365 * yearOfEra + leapDays);
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  return month * 32 + dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1;
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function isLeap(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}
