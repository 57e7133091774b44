/**
 * Times of the week, to the minute: `mon-fri 08:00-18:00`, `sat`, `daily 22:00-06:00` (runs into the next day). One
 * syntax for rules and the site file.
 */
import { DAY_SECONDS, WEEK_MINUTES } from "./zone-time.ts";

const DAY_MINUTES = DAY_SECONDS / 60;
const dayNames: readonly string[] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/** What is wrong with a text, at `offset` from its start. */
export interface HoursFault {
  readonly offset: number;
  readonly length: number;
  readonly message: string;
  readonly hint: string;
}

export class WeekHours {
  /** A bit for each minute of the week. */
  private readonly minutes = new Uint8Array(WEEK_MINUTES / 8);

  /** @param minute of the week, from Monday 00:00. */
  includes(minute: number): boolean {
    return (this.minutes[minute >>> 3]! & (1 << (minute & 7))) !== 0;
  }

  /** Adds `minuteCount` minutes from `minute` on; they run around the end of the week. */
  add(minute: number, minuteCount: number): void {
    for (let i = 0; i < minuteCount; i++) {
      const at = (minute + i) % WEEK_MINUTES;
      this.minutes[at >>> 3]! |= 1 << (at & 7);
    }
  }

  /** Adds what `text` says; null when that was understood. */
  addText(text: string): HoursFault | null {
    const words = Array.from(text.matchAll(/\S+/g));
    const [first, second, rest] = words;
    if (first === undefined) return fault(0, text, "no days and hours");
    if (rest !== undefined) return fault(rest.index, rest[0], `unexpected "${rest[0]}"`);
    const days = /^\d/.test(first[0]) ? allDays : parseDays(first[0]);
    if (days === null) return fault(first.index, first[0], `unknown days "${first[0]}"`);
    const timeWord = days === allDays && /^\d/.test(first[0]) ? first : second;
    if (timeWord === first && second !== undefined) {
      return fault(second.index, second[0], `unexpected "${second[0]}"`);
    }
    const times = timeWord === undefined ? wholeDay : parseTimes(timeWord[0]);
    if (times === null) {
      const word = timeWord?.[0] ?? "";
      return fault(timeWord?.index ?? 0, word, `unknown hours "${word}"`);
    }
    for (const day of days) this.add(day * DAY_MINUTES + times.start, times.count);
    return null;
  }
}

const allDays: readonly number[] = [0, 1, 2, 3, 4, 5, 6];
const wholeDay = { start: 0, count: DAY_MINUTES };

function fault(offset: number, word: string, message: string): HoursFault {
  const hint = "write days and hours as mon-fri 08:00-18:00";
  return { offset, length: Math.max(1, word.length), message, hint };
}

/** `mon`, `mon-fri`, `fri-mon`, `mon+wed`, `daily`, `workdays`, `weekend`. */
function parseDays(text: string): readonly number[] | null {
  const lower = text.toLowerCase();
  if (lower === "daily") return allDays;
  if (lower === "workdays") return [0, 1, 2, 3, 4];
  if (lower === "weekend") return [5, 6];
  const days: number[] = [];
  for (const part of lower.split("+")) {
    const [from = "", to = from, more] = part.split("-");
    const first = dayIndex(from);
    const last = dayIndex(to);
    if (first < 0 || last < 0 || more !== undefined) return null;
    for (let day = first; ; day = (day + 1) % 7) {
      days.push(day);
      if (day === last) break;
    }
  }
  return days;
}

/** By the first three letters or the whole name; -1 when it is none. */
function dayIndex(text: string): number {
  const whole = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
  const at = dayNames.indexOf(text);
  return at >= 0 ? at : whole.indexOf(text);
}

/** `08:00-18:00`, `8-18`, `22:00-06:00`; 24:00 is the end of the day. */
function parseTimes(text: string): { readonly start: number; readonly count: number } | null {
  const match = /^(\d{1,2})(?::(\d\d))?-(\d{1,2})(?::(\d\d))?$/.exec(text);
  if (match === null) return null;
  const start = toMinutes(match[1], match[2]);
  const end = toMinutes(match[3], match[4]);
  if (start === null || end === null || start === end || start === DAY_MINUTES) return null;
  return { start, count: (end - start + DAY_MINUTES) % DAY_MINUTES || DAY_MINUTES };
}

function toMinutes(hours: string | undefined, minutes: string | undefined): number | null {
  const value = Number(hours) * 60 + Number(minutes ?? 0);
  return Number(minutes ?? 0) < 60 && value <= DAY_MINUTES ? value : null;
}
