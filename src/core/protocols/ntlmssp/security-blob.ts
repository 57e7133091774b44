/**
 * The security blob of a session setup: SPNEGO (RFC 4178) with Kerberos or NTLMSSP inside, or NTLMSSP alone. Only
 * the first token of a negotiation says which mechanism it is; later ones are searched for NTLMSSP.
 */
import { type NtlmAuthenticate, readAuthenticate } from "./authenticate.ts";
import { contextTag, DerElement, DerTag, isRange } from "./der.ts";
import { type KerberosTicket, readKerberosTicket } from "./kerberos-ticket.ts";

export interface Credentials {
  readonly ntlm: NtlmAuthenticate | null;
  readonly ticket: KerberosTicket | null;
}

/** Object identifiers, without tag and length. */
const SPNEGO = [0x2b, 0x06, 0x01, 0x05, 0x05, 0x02];
const KERBEROS = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02];
const APPLICATION = 0x60;
const MECHANISMS_MAX = 32;

export function readSecurityBlob(bytes: Uint8Array, start: number, end: number): Credentials {
  const element = new DerElement();
  const ticket = isInitialToken(element, bytes, start, end)
    ? readInitialTicket(element, bytes)
    : null;
  const ntlm = ticket === null ? readAuthenticate(bytes, start, end) : null;
  return { ntlm, ticket };
}

/** Leaves the element at NegTokenInit's sequence. */
function isInitialToken(
  element: DerElement,
  bytes: Uint8Array,
  start: number,
  end: number,
): boolean {
  if (!element.readTag(APPLICATION, bytes, start, end)) return false;
  const tokenEnd = element.end;
  if (!element.readTag(DerTag.objectId, bytes, element.start, tokenEnd)) return false;
  if (!isRange(bytes, element.start, element.end, SPNEGO)) return false;
  if (!element.readTag(contextTag(0), bytes, element.end, tokenEnd)) return false;
  return element.readTag(DerTag.sequence, bytes, element.start, element.end);
}

function readInitialTicket(element: DerElement, bytes: Uint8Array): KerberosTicket | null {
  const { end } = element;
  let at = element.start;
  let hasKerberos = false;
  while (element.read(bytes, at, end)) {
    const { tag, start: memberStart, end: memberEnd } = element;
    at = memberEnd;
    if (tag === contextTag(0)) hasKerberos = offersKerberos(bytes, memberStart, memberEnd);
    if (tag !== contextTag(2) || !hasKerberos) continue;
    if (!element.readTag(DerTag.octetString, bytes, memberStart, memberEnd)) continue;
    return readKerberosTicket(bytes, element.start, element.end);
  }
  return null;
}

function offersKerberos(bytes: Uint8Array, start: number, end: number): boolean {
  const element = new DerElement();
  if (!element.readTag(DerTag.sequence, bytes, start, end)) return false;
  const listEnd = element.end;
  let at = element.start;
  for (let i = 0; i < MECHANISMS_MAX && element.read(bytes, at, listEnd); i++) {
    at = element.end;
    if (isRange(bytes, element.start, element.end, KERBEROS)) return true;
  }
  return false;
}
