/**
 * Sets of rules as bits: bit n of a `Uint32Array` is the rule with index n. The operations that finding the
 * rules of a flow takes.
 *
 * @hotpath
 */
export type RuleBits = Uint32Array;

export function emptyBits(ruleCount: number): RuleBits {
  return new Uint32Array((ruleCount + 31) >>> 5);
}

export function setBit(bits: RuleBits, index: number): void {
  bits[index >>> 5]! |= 1 << (index & 31);
}

export function hasBit(bits: RuleBits, index: number): boolean {
  return (bits[index >>> 5]! & (1 << (index & 31))) !== 0;
}

export function addBits(target: RuleBits, other: RuleBits): void {
  for (let i = 0; i < target.length; i++) target[i]! |= other[i]!;
}

/** Keeps in `target` what is in `other` too. */
export function keepBits(target: RuleBits, other: RuleBits): void {
  for (let i = 0; i < target.length; i++) target[i]! &= other[i]!;
}

export function isEmpty(bits: RuleBits): boolean {
  for (let i = 0; i < bits.length; i++) if (bits[i] !== 0) return false;
  return true;
}

export function areEqual(a: RuleBits, b: RuleBits): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Equal sets have equal hashes; 32 bits, signed. */
export function hashBits(bits: RuleBits): number {
  let hash = 0;
  for (let i = 0; i < bits.length; i++) {
    const word = bits[i]!;
    if (word === 0) continue;
    hash = Math.imul(hash ^ word ^ Math.imul(i, 0x85ebca6b), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  return hash;
}

/** Indexes of the members, ascending. Cold: makes an array. */
export function members(bits: RuleBits): number[] {
  const found: number[] = [];
  for (let i = 0; i < bits.length; i++) {
    let word = bits[i]!;
    while (word !== 0) {
      const lowest = word & -word;
      found.push((i << 5) + 31 - Math.clz32(lowest));
      word ^= lowest;
    }
  }
  return found;
}

/** Values by set of rules, found again by equal sets. */
export class BitsMap<Value> {
  private readonly buckets = new Map<
    number,
    { readonly bits: RuleBits; readonly value: Value }[]
  >();
  count = 0;

  get(bits: RuleBits): Value | undefined {
    const bucket = this.buckets.get(hashBits(bits));
    return bucket?.find((entry) => areEqual(entry.bits, bits))?.value;
  }

  /** Keeps `bits` itself: the caller does not change it any more. */
  set(bits: RuleBits, value: Value): void {
    const hash = hashBits(bits);
    const bucket = this.buckets.get(hash);
    this.count++;
    if (bucket === undefined) this.buckets.set(hash, [{ bits, value }]);
    else bucket.push({ bits, value });
  }

  clear(): void {
    this.buckets.clear();
    this.count = 0;
  }
}
