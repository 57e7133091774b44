/**
 * Text forms of IP addresses as rules and lists write them: dotted IPv4 (four decimal numbers without leading
 * zeros), IPv6 of RFC 4291 §2.2 with `::` and a dotted tail; and prefixes, netmasks and ranges of them.
 */
import type { Interval } from "./interval-list.ts";

export const IPV4_LAST = 0xffff_ffffn;
export const IPV6_LAST = (1n << 128n) - 1n;

export interface AddressRange extends Interval {
  readonly family: 4 | 6;
}

/** Value of a dotted address, or null. */
export function parseIpv4(text: string): bigint | null {
  const parts = text.split(".");
  if (parts.length !== 4) return null;
  let value = 0n;
  for (const part of parts) {
    if (!/^(?:0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return null;
    value = (value << 8n) | BigInt(part);
  }
  return value;
}

/** Value of an IPv6 address, or null. */
export function parseIpv6(text: string): bigint | null {
  const halves = text.split("::");
  if (halves.length > 2) return null;
  const head = parseGroups(halves[0] ?? "", halves.length === 1);
  const tail = halves.length === 2 ? parseGroups(halves[1] ?? "", true) : [];
  if (head === null || tail === null) return null;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return null;
  let value = 0n;
  for (const group of [...head, ...new Array<bigint>(missing).fill(0n), ...tail])
    value = (value << 16n) | group;
  return value;
}

/** Groups of 16 bits; the last may be a dotted address where the text ends. */
function parseGroups(text: string, isEnd: boolean): bigint[] | null {
  if (text === "") return [];
  const groups: bigint[] = [];
  const parts = text.split(":");
  for (const [index, part] of parts.entries()) {
    const dotted =
      isEnd && index === parts.length - 1 && part.includes(".") ? parseIpv4(part) : null;
    if (dotted !== null) groups.push(dotted >> 16n, dotted & 0xffffn);
    else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(BigInt(`0x${part}`));
    else return null;
  }
  return groups.length <= 8 ? groups : null;
}

/** What is wrong with an address expression. */
export interface AddressFault {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

/** Parses `a`, `a/prefix`, `a/netmask` (IPv4) or `a-b`. */
export function parseAddressRange(text: string): AddressRange | AddressFault {
  const family = text.includes(":") ? 6 : 4;
  const slash = text.indexOf("/");
  if (slash >= 0) return parseNetwork(text, family, slash);
  const dash = text.indexOf("-");
  if (dash >= 0) return parseRange(text, family, dash);
  const address = parseAddress(text, family);
  return address === null ? badAddress(text) : { family, from: address, to: address };
}

export function isFault(result: AddressRange | AddressFault): result is AddressFault {
  return "code" in result;
}

function parseAddress(text: string, family: 4 | 6): bigint | null {
  return family === 4 ? parseIpv4(text) : parseIpv6(text);
}

function badAddress(text: string): AddressFault {
  const fault = {
    code: "bad-address",
    message: `"${text}" is not an address, a network or a range`,
  };
  const isVariable = /^[A-Z][A-Z0-9_]*$/.test(text);
  return isVariable ? { ...fault, hint: `did you mean the variable "$${text}"?` } : fault;
}

function parseNetwork(text: string, family: 4 | 6, slash: number): AddressRange | AddressFault {
  const address = parseAddress(text.slice(0, slash), family);
  if (address === null) return badAddress(text);
  const mask = text.slice(slash + 1);
  const bits = family === 4 ? 32n : 128n;
  const prefix =
    family === 4 && mask.includes(".") ? netmaskPrefix(mask) : decimalPrefix(mask, bits);
  if (prefix === null) {
    const expected = family === 4 ? "a number of 0 to 32 or a netmask" : "a number of 0 to 128";
    return {
      code: "bad-netmask",
      message: `"/${mask}" is not a prefix length, expected ${expected}`,
    };
  }
  const hosts = (1n << (bits - prefix)) - 1n;
  const last = family === 4 ? IPV4_LAST : IPV6_LAST;
  const from = address & (last ^ hosts);
  return { family, from, to: from | hosts };
}

function decimalPrefix(text: string, bits: bigint): bigint | null {
  if (!/^\d{1,3}$/.test(text)) return null;
  const prefix = BigInt(text);
  return prefix <= bits ? prefix : null;
}

/** Prefix length of a netmask whose ones all come first, or null. */
function netmaskPrefix(text: string): bigint | null {
  const mask = parseIpv4(text);
  if (mask === null) return null;
  const hosts = mask ^ IPV4_LAST;
  if ((hosts & (hosts + 1n)) !== 0n) return null;
  return 32n - BigInt(hosts === 0n ? 0 : hosts.toString(2).length);
}

function parseRange(text: string, family: 4 | 6, dash: number): AddressRange | AddressFault {
  const from = parseAddress(text.slice(0, dash).trim(), family);
  const to = parseAddress(text.slice(dash + 1).trim(), family);
  if (from === null || to === null) return badAddress(text);
  if (from > to) {
    return {
      code: "reversed-range",
      message: `range "${text}" ends before it starts`,
      hint: "put the lower address first",
    };
  }
  return { family, from, to };
}
