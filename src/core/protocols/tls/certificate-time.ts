/** Times of certificates (RFC 5280 §4.1.2.5): UTCTime and GeneralizedTime to seconds, seconds to EVE's form. */
import { bytesToLatin1 } from "../../bytes/latin1.ts";
import { DerTag, type DerWalk } from "./der.ts";

const UTC_TIME = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(Z|[+-]\d{4})$/;
const GENERALIZED_TIME = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(?:\.\d+)?(Z|[+-]\d{4})?$/;
const TIME_BYTES_MAX = 32;
/** Two digits of a year from here on are of the twentieth century. */
const PIVOT_YEAR = 50;

/** Seconds of the Unix epoch of the element the walk is at; null when it is no time. */
export function parseCertificateTime({ tag, bytes, start, end }: DerWalk): number | null {
  if (end - start > TIME_BYTES_MAX) return null;
  const text = bytesToLatin1(bytes, start, end);
  const isShort = tag === DerTag.utcTime;
  if (!isShort && tag !== DerTag.generalizedTime) return null;
  const parts = (isShort ? UTC_TIME : GENERALIZED_TIME).exec(text);
  if (parts === null) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const isDate = month >= 1 && month <= 12 && day >= 1 && day <= daysOf(month, year);
  if (!isDate || hour > 23 || minute > 59 || second > 60) return null;
  const fullYear = isShort ? year + (year >= PIVOT_YEAR ? 1900 : 2000) : year;
  return utcSeconds(fullYear, month, day, hour, minute, second) - zoneSeconds(parts[7] ?? "Z");
}

function daysOf(month: number, year: number): number {
  if (month === 2) return year % 4 === 0 ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** Seconds of the Unix epoch of a UTC date; months count from 1. */
export function utcSeconds(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  return date.getTime() / 1000;
}

function zoneSeconds(zone: string): number {
  if (zone === "Z") return 0;
  const seconds = Number(zone.slice(1, 3)) * 3600 + Number(zone.slice(3, 5)) * 60;
  return zone.startsWith("-") ? -seconds : seconds;
}

/** `2017-03-23T00:00:00`. */
export function certificateTimeText(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, -5);
}
