/**
 * Walks over DER (ITU-T X.690 §8.1, §10): one element after another in a range, never deeper by itself. Lengths
 * of more than four bytes, of the indefinite form and tags above 30 are refused.
 */

/** Why there is no element: its header or its contents are cut short, or it is no DER. */
export const DerProblem = { none: 0, cutHeader: 1, cutContents: 2, invalid: 3 } as const;

export const DerTag = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

const HIGH_TAG = 0x1f;
const LENGTH_BYTES_MAX = 4;

export class DerWalk {
  readonly bytes: Uint8Array;
  /** Identifier byte of the element that `next` found, and where its contents lie. */
  tag = 0;
  start = 0;
  end = 0;
  /** Why `next` found none: a value of DerProblem; none at the end of the range. */
  problem: number = DerProblem.none;
  private at: number;
  private readonly limit: number;

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.bytes = bytes;
    this.at = start;
    this.limit = end;
  }

  get isAtEnd(): boolean {
    return this.at >= this.limit;
  }

  /** The identifier byte of the element to come; -1 at the end. */
  get nextTag(): number {
    return this.isAtEnd ? -1 : this.bytes[this.at]!;
  }

  /** Moves to the next element. */
  next(): boolean {
    const { bytes, limit } = this;
    if (limit - this.at < 2) return this.fail(DerProblem.cutHeader);
    const tag = bytes[this.at]!;
    if ((tag & HIGH_TAG) === HIGH_TAG) return this.fail(DerProblem.invalid);
    let start = this.at + 2;
    let length = bytes[this.at + 1]!;
    if (length >= 0x80) {
      const count = length & 0x7f;
      if (count === 0 || count > LENGTH_BYTES_MAX) return this.fail(DerProblem.invalid);
      if (limit - start < count) return this.fail(DerProblem.cutHeader);
      length = 0;
      for (const from = start; start < from + count; start++) length = length * 256 + bytes[start]!;
    }
    if (length > limit - start) return this.fail(DerProblem.cutContents);
    this.tag = tag;
    this.start = start;
    this.end = start + length;
    this.at = this.end;
    this.problem = DerProblem.none;
    return true;
  }

  /** Moves to the next element, which must have this tag. */
  expect(tag: number): boolean {
    if (!this.next()) return false;
    return this.tag === tag || this.fail(DerProblem.invalid);
  }

  /** A walk over the contents of the element found. */
  inside(): DerWalk {
    return new DerWalk(this.bytes, this.start, this.end);
  }

  private fail(problem: number): false {
    this.problem = problem;
    return false;
  }
}

/** The dotted text of an object identifier in [start, end); null when it is none. */
export function oidText(bytes: Uint8Array, start: number, end: number): string | null {
  const arcs: number[] = [];
  let value = 0;
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    value = value * 128 + (byte & 0x7f);
    if (value > Number.MAX_SAFE_INTEGER) return null;
    if ((byte & 0x80) !== 0) continue;
    if (arcs.length === 0) {
      const first = Math.min(2, Math.floor(value / 40));
      arcs.push(first, value - first * 40);
    } else arcs.push(value);
    value = 0;
  }
  const isCut = end > start && (bytes[end - 1]! & 0x80) !== 0;
  return arcs.length === 0 || isCut ? null : arcs.join(".");
}
