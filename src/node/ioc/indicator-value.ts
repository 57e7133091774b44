/**
 * Texts of feeds to kinds and values: "hxxp://evil[.]example/a" is a URL. Addresses that could be anyone's (private
 * ranges, loopback, multicast) and names without a dot are refused: feeds carry them by accident, and they would
 * match all of the own network.
 */
import { domainToASCII } from "node:url";
import { addressToText } from "../../core/bytes/address-text.ts";
import { parseIpv4, parseIpv6 } from "../../core/rule/ip-address.ts";
import type { IndicatorKind } from "./indicator.ts";

export interface IndicatorValue {
  readonly kind: IndicatorKind;
  readonly value: string;
}

/** What the text is, or why it is nothing. A `kind` that the feed names must fit. */
export function readIndicatorValue(
  written: string,
  kind: IndicatorKind | null,
): IndicatorValue | string {
  const text = refang(written.trim());
  if (text === "") return "it is empty";
  const found = guess(text, kind);
  if (typeof found === "string") return found;
  if (kind === null || found.kind === kind) return found;
  // Feeds call an address in a list of networks, a host in a list of URLs by the list's name.
  const isAddress = kind === "network" && found.kind === "address";
  if (isAddress || (kind === "domain" && found.kind === "address")) return found;
  return `"${written}" is no ${kind}`;
}

/** "hxxps[:]//evil(.)example" as it was before it was made harmless. */
function refang(text: string): string {
  return text
    .replace(/^h[tx]{2}p(s?)/i, "http$1")
    .replace(/\[:\]/g, ":")
    .replace(/\[:\/\/\]/g, "://")
    .replace(/\[(?:\.|dot)\]|\((?:\.|dot)\)|\{\.\}/gi, ".")
    .replace(/\[@\]/g, "@");
}

const HEX_KINDS: ReadonlyMap<number, IndicatorKind> = new Map<number, IndicatorKind>([
  [32, "md5"],
  [40, "sha1"],
  [64, "sha256"],
]);
/** Protocol, version, SNI, counts, ALPN; then two truncated digests. */
const JA4 = /^[tqd](?:1[0-3]|s[23]|d[123]|00)[di]\d{2}\d{2}[a-z0-9]{2}_[0-9a-f]{12}_[0-9a-f]{12}$/;

function guess(text: string, kind: IndicatorKind | null): IndicatorValue | string {
  const lower = text.toLowerCase();
  if (/^[0-9a-f]+$/.test(lower) && HEX_KINDS.has(lower.length)) {
    const hexKind = lower.length === 32 && kind === "ja3" ? "ja3" : HEX_KINDS.get(lower.length);
    return { kind: hexKind ?? "md5", value: lower };
  }
  if (JA4.test(lower)) return { kind: "ja4", value: lower };
  if (/^https?:\/\//.test(lower)) return readUrl(text);
  const network = /^([0-9a-f.:]+)\/(\d{1,3})$/.exec(lower);
  if (network !== null) return readNetwork(network[1] ?? "", Number(network[2]));
  if (/^[0-9a-f:]*:[0-9a-f:.]*$/.test(lower) || /^[\d.]+$/.test(lower)) return readAddress(lower);
  // A URL without its scheme has a path.
  return kind === "url" || lower.includes("/") ? readUrl(`http://${text}`) : readDomain(lower);
}

function readAddress(text: string): IndicatorValue | string {
  const ipv4 = parseIpv4(text);
  const ipv6 = ipv4 === null ? parseIpv6(text) : null;
  if (ipv4 === null && ipv6 === null) return `"${text}" is no address`;
  const isPublic = ipv4 !== null ? isPublicIpv4(Number(ipv4), 32) : isPublicIpv6(ipv6 ?? 0n);
  if (!isPublic) return `${text} is no public address`;
  return { kind: "address", value: canonical(ipv4, ipv6) };
}

function readNetwork(address: string, length: number): IndicatorValue | string {
  const ipv4 = parseIpv4(address);
  const ipv6 = ipv4 === null ? parseIpv6(address) : null;
  const bits = ipv4 !== null ? 32 : 128;
  if ((ipv4 === null && ipv6 === null) || length > bits)
    return `"${address}/${length}" is no network`;
  if (length < (ipv4 !== null ? 8 : 16)) return `${address}/${length} is too much of the Internet`;
  const host = BigInt(bits - length);
  const first4 = ipv4 === null ? null : (ipv4 >> host) << host;
  const first6 = ipv6 === null ? null : (ipv6 >> host) << host;
  const isPublic =
    first4 !== null ? isPublicIpv4(Number(first4), length) : isPublicIpv6(first6 ?? 0n);
  if (!isPublic) return `${address}/${length} is no public network`;
  const value = canonical(first4, first6);
  return length === bits
    ? { kind: "address", value }
    : { kind: "network", value: `${value}/${length}` };
}

function canonical(ipv4: bigint | null, ipv6: bigint | null): string {
  const words = new Int32Array(4);
  if (ipv4 !== null) words[0] = Number(ipv4) | 0;
  else
    for (let i = 0; i < 4; i++)
      words[i] = Number(((ipv6 ?? 0n) >> BigInt(96 - 32 * i)) & 0xffff_ffffn) | 0;
  return addressToText(ipv4 === null ? 6 : 4, words);
}

/** First address and prefix length of what is not on the Internet (RFC 6890), and multicast. */
const specialIpv4: readonly (readonly [string, number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  ["224.0.0.0", 3],
];

function isPublicIpv4(address: number, length: number): boolean {
  return !specialIpv4.some(([text, specialLength]) => {
    const special = Number(parseIpv4(text) ?? 0n);
    const shared = 2 ** (32 - Math.min(length, specialLength));
    return Math.floor(address / shared) === Math.floor(special / shared);
  });
}

/** 2000::/3 is what is handed out. */
function isPublicIpv6(address: bigint): boolean {
  return address >> 125n === 1n;
}

function readDomain(text: string): IndicatorValue | string {
  const name = domainToASCII(text.replace(/^\*\./, "").replace(/\.$/, ""));
  const isName = /^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/;
  if (name.length > 253 || !isName.test(name)) return `"${text}" is no domain`;
  if (/\.(?:arpa|local|localdomain|internal|lan|home)$/.test(name))
    return `${name} is no public domain`;
  return { kind: "domain", value: name };
}

function readUrl(text: string): IndicatorValue | string {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return `"${text}" is no URL`;
  }
  const { hostname, pathname, search } = url;
  const isAddress = /^[\d.]+$|^\[/.test(hostname);
  const host = isAddress ? readAddress(hostname.replace(/^\[|\]$/g, "")) : readDomain(hostname);
  if (typeof host === "string") return host;
  // Without a path it says no more than the host.
  if (pathname === "/" && search === "") return host;
  return { kind: "url", value: `http://${hostname}${pathname}${search}` };
}
