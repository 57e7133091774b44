/** Values that clients offer to keep servers tolerant (RFC 8701): no fingerprint counts them. */

/** Both bytes are the same and end in `a`. */
export function isGrease(value: number): boolean {
  return (value & 0x0f0f) === 0x0a0a && value >> 8 === (value & 0xff);
}
