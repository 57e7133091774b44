/**
 * The address of the client behind a proxy, as the header field of its choice says (X-Forwarded-For): the first
 * of the list where proxies stand before the sensor, the last where the sensor stands before them.
 */
import { latinText } from "./message.ts";
import type { Http1Transaction } from "./transaction.ts";

/** How the sensor stands to the proxy: `reverse` takes the address that was added last. */
export type ProxyDeployment = "forward" | "reverse";

/** Shorter values hold no address, longer ones are not looked at. */
const CHAIN_BYTES_MIN = 7;
const CHAIN_BYTES_MAX = 256;

/** The address as text, null when the field is absent or holds none. */
export function xffOf(
  transaction: Http1Transaction,
  deployment: ProxyDeployment,
  header: string,
): string | null {
  const value = transaction.request.value(header.toLowerCase());
  if (value === null || value.length < CHAIN_BYTES_MIN || value.length >= CHAIN_BYTES_MAX) {
    return null;
  }
  return addressOf(chosenOf(latinText(value), deployment));
}

function chosenOf(chain: string, deployment: ProxyDeployment): string {
  if (deployment === "reverse") return chain.slice(chain.lastIndexOf(" ") + 1);
  const comma = chain.indexOf(",");
  return comma < 0 ? chain : chain.slice(0, comma);
}

/** Leaves a port out: "[2001:db8::1]:80", "192.0.2.1:80". */
function addressOf(text: string): string | null {
  const bracketed = /^\[([^\]]*)\]/.exec(text)?.[1];
  if (bracketed !== undefined) return isIpv6(bracketed) ? bracketed : null;
  const colon = text.indexOf(":");
  if (colon !== text.lastIndexOf(":")) return isIpv6(text) ? text : null;
  const plain = colon < 0 ? text : text.slice(0, colon);
  return isIpv4(plain) ? plain : null;
}

function isIpv4(text: string): boolean {
  const parts = text.split(".");
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256);
}

/** Groups of hexadecimal digits, one run of zeros left out at most; an IPv4 address may end it. */
export function isIpv6(text: string): boolean {
  const lastColon = text.lastIndexOf(":");
  const tail = text.slice(lastColon + 1);
  const hasIpv4 = tail.includes(".");
  if (hasIpv4 && !isIpv4(tail)) return false;
  const plain = hasIpv4 ? `${text.slice(0, lastColon + 1)}0:0` : text;
  const halves = plain.split("::");
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === "" ? [] : half.split(":")));
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return false;
  return halves.length === 2 ? groups.length < 8 : groups.length === 8;
}
