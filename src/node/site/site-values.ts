/** What single values of a site file mean: addresses, ports, hours, dates, zones. Each notes its own problems. */
import { WeekHours } from "../../core/anomaly/week-hours.ts";
import { dayNumber, type ZoneOffsets } from "../../core/anomaly/zone-time.ts";
import type { AddressSet } from "../../core/rule/address-set.ts";
import { resolveAddresses } from "../../core/rule/addresses.ts";
import { RuleError, type Span } from "../../core/rule/diagnostic.ts";
import type { DiagnosticCode } from "../../core/rule/diagnostic-codes.ts";
import { isFault, parseAddressRange } from "../../core/rule/ip-address.ts";
import { parseListText } from "../../core/rule/list-syntax.ts";
import type { PortSet } from "../../core/rule/port-set.ts";
import { resolvePorts } from "../../core/rule/ports.ts";
import { suggest } from "../../core/rule/suggest.ts";
import type { SitePart } from "./site-document.ts";
import { readZone, zoneNames } from "./zone-table.ts";

const NO_VARIABLES = { addressGroups: new Map(), portGroups: new Map() };
const NOWHERE: Span = { file: "", line: 1, column: 1, length: 1 };

/** Addresses with the text that a rule may use for them. */
export interface NamedAddresses {
  readonly addresses: AddressSet;
  readonly text: string;
}

/** Texts -> addresses: names of hosts and the like that may stand where an address can. */
export type AddressNames = ReadonlyMap<string, string>;

/** Addresses, networks and ranges; null when none of them is good. */
export function readAddresses(
  part: SitePart,
  names: AddressNames = new Map(),
): NamedAddresses | null {
  const texts: string[] = [];
  for (const item of part.items()) {
    const text = item.text();
    if (text === null) continue;
    for (const { word, offset } of words(text)) {
      const named = names.get(word.toLowerCase());
      const range = named === undefined ? parseAddressRange(word) : null;
      if (range !== null && isFault(range)) {
        const near = suggest(word, names.keys());
        const isName = names.size > 0 && !/^[\d.:/]/.test(word);
        const hint = near !== undefined && isName ? `did you mean "${near}"?` : range.hint;
        const message = isName
          ? `"${word}" is neither a host of this file nor an address`
          : range.message;
        item.fail(range.code as DiagnosticCode, message, { offset, length: word.length, hint }); // codes of this project
      } else texts.push(named ?? word);
    }
  }
  if (texts.length === 0) return null;
  const text = `[${texts.map(withoutBrackets).join(",")}]`;
  return { addresses: resolveAddresses(parseListText(text, NOWHERE), NO_VARIABLES), text };
}

/** Ports and ranges as `80, 443, 8000:8100`; null when one of them is bad. */
export function readPorts(part: SitePart): PortSet | null {
  const texts: string[] = [];
  for (const item of part.items()) {
    const text = item.text();
    if (text === null) return null;
    for (const { word, offset } of words(text)) {
      const port = word.replace("-", ":");
      try {
        resolvePorts(parseListText(port, NOWHERE), NO_VARIABLES);
      } catch (error) {
        if (!(error instanceof RuleError)) throw error;
        const place = { offset, length: word.length, hint: error.hint ?? "write 443 or 8000:8100" };
        return item.fail(error.code as DiagnosticCode, error.message, place); // codes of this project
      }
      texts.push(port);
    }
  }
  return resolvePorts(parseListText(`[${texts.join(",")}]`, NOWHERE), NO_VARIABLES);
}

export function readHours(part: SitePart): WeekHours | null {
  const hours = new WeekHours();
  for (const item of part.items()) {
    const text = item.text();
    if (text === null) continue;
    for (const { word, offset } of pieces(text)) {
      const fault = hours.addText(word);
      if (fault === null) continue;
      item.fail("bad-hours", fault.message, {
        offset: offset + fault.offset,
        length: fault.length,
        hint: fault.hint,
      });
    }
  }
  return hours;
}

/** A date of one year, or of each year; null, and a diagnostic, when there is no such date. */
export function readDate(
  item: SitePart,
): { readonly day: number; readonly isYearly: boolean } | null {
  const text = item.text();
  if (text === null) return null;
  const match = /^(?:(\d{4})-)?(\d\d)-(\d\d)$/.exec(text);
  const month = Number(match?.[2]);
  const day = Number(match?.[3]);
  // A leap year, so that 02-29 may be a yearly day.
  const number = match === null ? null : dayNumber(Number(match[1] ?? 2000), month, day);
  if (number === null) {
    const hint = "write 2026-04-03, or 12-25 for each year";
    return item.fail("bad-date", `"${text}" is not a date`, { hint });
  }
  const isYearly = match?.[1] === undefined;
  return { day: isYearly ? month * 32 + day : number, isYearly };
}

export function readZoneName(part: SitePart): ZoneOffsets | null {
  const text = part.text();
  if (text === null) return null;
  const zone = readZone(text);
  if (zone !== null) return zone;
  const near = suggest(text, zoneNames());
  const hint =
    near === undefined ? "write an IANA name as Europe/Berlin" : `did you mean "${near}"?`;
  return part.fail("unknown-zone", `unknown time zone "${text}"`, { hint });
}

interface Word {
  readonly word: string;
  readonly offset: number;
}

/** Between commas and white space. */
export function words(text: string): readonly Word[] {
  return Array.from(text.matchAll(/[^\s,]+/g), (match) => ({
    word: match[0],
    offset: match.index,
  }));
}

/** Between commas. */
function pieces(text: string): readonly Word[] {
  return Array.from(text.matchAll(/[^,]+/g), (match) => ({ word: match[0], offset: match.index }));
}

function withoutBrackets(text: string): string {
  return text.replace(/^\[(.*)\]$/, "$1");
}
