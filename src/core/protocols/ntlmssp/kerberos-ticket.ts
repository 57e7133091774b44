/** What a Kerberos AP-REQ inside a GSS-API token asks for (RFC 4120 §5.5.1, RFC 4121 §4.1): realm and service. */
import { contextTag, DerElement, DerTag } from "./der.ts";

export interface KerberosTicket {
  readonly realm: Uint8Array;
  readonly serviceNames: readonly Uint8Array[];
}

/** Parts of a service's name that are kept. */
const NAMES_MAX = 16;
const APPLICATION_TOKEN = 0x60;
const APPLICATION_AP_REQUEST = 0x6e;
const APPLICATION_TICKET = 0x61;

/** The ticket in a token; null when there is none. */
export function readKerberosTicket(
  bytes: Uint8Array,
  start: number,
  end: number,
): KerberosTicket | null {
  const element = new DerElement();
  if (!element.readTag(APPLICATION_TOKEN, bytes, start, end)) return null;
  const tokenEnd = element.end;
  if (!element.readTag(DerTag.objectId, bytes, element.start, tokenEnd)) return null;
  // The two bytes of the token's kind stand between.
  if (!element.readTag(APPLICATION_AP_REQUEST, bytes, element.end + 2, tokenEnd)) return null;
  if (!element.readTag(DerTag.sequence, bytes, element.start, element.end)) return null;
  if (!descend(element, bytes, 3)) return null;
  if (!element.readTag(APPLICATION_TICKET, bytes, element.start, element.end)) return null;
  if (!element.readTag(DerTag.sequence, bytes, element.start, element.end)) return null;
  return readTicket(element, bytes);
}

function readTicket(element: DerElement, bytes: Uint8Array): KerberosTicket | null {
  const { start, end } = element;
  if (!descend(element, bytes, 1)) return null;
  if (!element.readTag(DerTag.generalString, bytes, element.start, element.end)) return null;
  const realm = bytes.slice(element.start, element.end);
  element.start = start;
  element.end = end;
  if (!descend(element, bytes, 2)) return null;
  if (!element.readTag(DerTag.sequence, bytes, element.start, element.end)) return null;
  if (!descend(element, bytes, 1)) return null;
  if (!element.readTag(DerTag.sequence, bytes, element.start, element.end)) return null;
  return { realm, serviceNames: readNames(element, bytes) };
}

function readNames(element: DerElement, bytes: Uint8Array): readonly Uint8Array[] {
  const names: Uint8Array[] = [];
  const { end } = element;
  let at = element.start;
  while (names.length < NAMES_MAX && element.read(bytes, at, end)) {
    if (element.tag === DerTag.generalString) names.push(bytes.slice(element.start, element.end));
    at = element.end;
  }
  return names;
}

/** Goes from a sequence to its member [number]. */
function descend(element: DerElement, bytes: Uint8Array, number: number): boolean {
  const { end } = element;
  let at = element.start;
  while (element.read(bytes, at, end)) {
    if (element.tag === contextTag(number)) return true;
    at = element.end;
  }
  return false;
}
