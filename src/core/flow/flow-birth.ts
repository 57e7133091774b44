/**
 * Which packets begin no flow, and the number that a new flow gets.
 *
 * @hotpath
 */
import type { Packet } from "../layers/packet.ts";

const TWO_TO_24 = 0x100_0000;
const TWO_TO_48 = TWO_TO_24 * TWO_TO_24;
const SPREAD_HIGH = 0x9e3779;
/** Odd, so that numbers stay unique. */
const SPREAD_LOW = 0xb97f4b;

/** An error about a packet of no known flow makes none of its own (types of RFC 792). */
export function isIcmpv4Error({ transport, icmpType }: Packet): boolean {
  if (transport !== 1) return false;
  return (icmpType >= 3 && icmpType <= 5) || icmpType === 11 || icmpType === 12;
}

/** `serial` times an odd factor of 48 bits, modulo 2^48; in halves, because the product has 96 bits. */
export function spread48(serial: number): number {
  const high = Math.floor(serial / TWO_TO_24);
  const low = serial % TWO_TO_24;
  const upper = (low * SPREAD_HIGH + high * SPREAD_LOW) % TWO_TO_24;
  return (low * SPREAD_LOW + upper * TWO_TO_24) % TWO_TO_48;
}
