/**
 * Walks DER (X.690): the header of one element at a time, over a range. Long tags and indefinite lengths are
 * not read: nothing that is looked for has them.
 */

/** The element read last; reused. */
export class DerElement {
  tag = 0;
  start = 0;
  end = 0;

  /** Reads the element at `at`; false when it does not fit before `end`. */
  read(bytes: Uint8Array, at: number, end: number): boolean {
    if (end - at < 2) return false;
    const tag = bytes[at]!;
    if ((tag & 0x1f) === 0x1f) return false;
    let length = bytes[at + 1]!;
    let start = at + 2;
    if (length >= 0x80) {
      const count = length & 0x7f;
      if (count === 0 || count > 4 || end - start < count) return false;
      length = 0;
      for (let i = 0; i < count; i++) length = length * 256 + bytes[start++]!;
    }
    if (length > end - start) return false;
    this.tag = tag;
    this.start = start;
    this.end = start + length;
    return true;
  }

  /** Reads the element at `at` when it has this tag. */
  readTag(tag: number, bytes: Uint8Array, at: number, end: number): boolean {
    return this.read(bytes, at, end) && this.tag === tag;
  }
}

export const DerTag = {
  integer: 0x02,
  octetString: 0x04,
  objectId: 0x06,
  generalString: 0x1b,
  sequence: 0x30,
} as const;

/** The tag of a constructed element [number] of a context. */
export function contextTag(number: number): number {
  return 0xa0 | number;
}

/** Whether the range is exactly these bytes. */
export function isRange(
  bytes: Uint8Array,
  start: number,
  end: number,
  wanted: readonly number[],
): boolean {
  if (end - start !== wanted.length) return false;
  for (let i = 0; i < wanted.length; i++) if (bytes[start + i] !== wanted[i]) return false;
  return true;
}
