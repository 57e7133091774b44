/**
 * Parameters of header fields (`attachment; filename="a.b"`, RFC 2045 §5.1) and their sections
 * (`filename*0=...; filename*1=...`, RFC 2231 §3). Names in any case; of two with one name the last counts.
 * Left out: character sets and percent signs of RFC 2231 §4.
 */
import { bytesToLatin1 } from "../../bytes/latin1.ts";

/** Parameters of one field that are looked at. */
export const PARAMETERS_MAX = 256;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SEMICOLON = 0x3b;
const EQUALS = 0x3d;

/** The value of a parameter of a field's value; null without it. `name` in lower case. */
export function findParameter(value: Uint8Array, name: string): Uint8Array | null {
  const parameters = parametersOf(value);
  const whole = parameters.get(name);
  if (whole !== undefined) return whole;
  const sections: Uint8Array[] = [];
  for (let n = 0; n < PARAMETERS_MAX; n++) {
    const section = parameters.get(`${name}*${n}`);
    if (section === undefined) break;
    sections.push(section);
  }
  return sections.length === 0 ? null : joined(sections);
}

function parametersOf(value: Uint8Array): Map<string, Uint8Array> {
  const parameters = new Map<string, Uint8Array>();
  const first = value.indexOf(SEMICOLON);
  let at = first < 0 ? value.length : first + 1;
  for (let count = 0; at < value.length && count < PARAMETERS_MAX; count++) {
    const nameStart = skipSpace(value, at, value.length);
    const equals = value.indexOf(EQUALS, nameStart);
    if (equals < 0) break;
    const name = bytesToLatin1(value, nameStart, trimEnd(value, nameStart, equals)).toLowerCase();
    const from = skipSpace(value, equals + 1, value.length);
    const closing = closingQuote(value, from);
    const end = closing >= 0 ? closing : endOfToken(value, from);
    const start = closing >= 0 ? from + 1 : from;
    parameters.set(name, value.slice(start, closing >= 0 ? end : trimEnd(value, start, end)));
    at = skipSpace(value, closing >= 0 ? closing + 1 : end, value.length);
    if (value[at] === SEMICOLON) at++;
  }
  return parameters;
}

/** Offset of the quote that ends the text which begins at `start`; -1 when there is none. */
function closingQuote(value: Uint8Array, start: number): number {
  if (value[start] !== QUOTE) return -1;
  for (let i = start + 1; i < value.length; i++) {
    if (value[i] === BACKSLASH) i++;
    else if (value[i] === QUOTE) return i;
  }
  return value.indexOf(QUOTE, start + 1);
}

function endOfToken(value: Uint8Array, start: number): number {
  const semicolon = value.indexOf(SEMICOLON, start);
  return semicolon < 0 ? value.length : semicolon;
}

export function skipSpace(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && isSpace(bytes[at]!)) at++;
  return at;
}

export function trimEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = end;
  while (at > start && isSpace(bytes[at - 1]!)) at--;
  return at;
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
