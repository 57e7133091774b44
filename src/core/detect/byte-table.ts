/**
 * Numbers kept for byte strings: open addressing over typed arrays, the strings one after another in one array.
 * The store behind datasets. Grows by doubling up to a limit in bytes; at the limit an insertion is refused.
 * Removed strings give their room back when the table grows.
 *
 * @hotpath
 */

const EMPTY = -1;
const REMOVED = -2;
/** Bytes that an entry takes beside its string: slot, place, length, number. */
export const ENTRY_BYTES = 32;

export class ByteTable {
  readonly limitBytes: number;
  /** Strings that are in. */
  count = 0;
  /** Insertions that the limit kept out. */
  refused = 0;

  private readonly seed: number;
  /** Slot -> entry, EMPTY or REMOVED; a power of two of them, at most half in use. */
  private slots = new Int32Array(64).fill(EMPTY);
  /** Columns by entry. */
  private starts = new Uint32Array(32);
  private lengths = new Uint32Array(32);
  private numbers = new Float64Array(32);
  private entryCount = 0;
  private bytes = new Uint8Array(1024);
  private used = 0;

  constructor(limitBytes: number, seed = 0) {
    this.limitBytes = limitBytes;
    this.seed = seed | 0;
  }

  /** The number kept for the string in [start, end), or -1. */
  find(bytes: Uint8Array, start: number, end: number): number {
    const slot = this.slotOf(bytes, start, end);
    return slot < 0 ? -1 : this.numbers[this.slots[slot]!]!;
  }

  /** False when the string is in already, or when the limit keeps it out. `number` is 0 or more. */
  insert(bytes: Uint8Array, start: number, end: number, number: number): boolean {
    if (this.slotOf(bytes, start, end) >= 0) return false;
    const length = end - start;
    if (this.memoryBytes + length + ENTRY_BYTES > this.limitBytes) {
      this.refused++;
      return false;
    }
    this.makeRoom(length);
    const entry = this.entryCount++;
    for (let i = 0; i < length; i++) this.bytes[this.used + i] = bytes[start + i]!;
    this.starts[entry] = this.used;
    this.lengths[entry] = length;
    this.numbers[entry] = number;
    this.used += length;
    this.place(entry, this.hash(bytes, start, end));
    this.count++;
    return true;
  }

  /** False when the string is not in. */
  remove(bytes: Uint8Array, start: number, end: number): boolean {
    const slot = this.slotOf(bytes, start, end);
    if (slot < 0) return false;
    this.lengths[this.slots[slot]!] = 0;
    this.numbers[this.slots[slot]!] = -1;
    this.slots[slot] = REMOVED;
    this.count--;
    return true;
  }

  get memoryBytes(): number {
    return this.used + this.entryCount * ENTRY_BYTES;
  }

  /** Copies of the strings, in the order of insertion. */
  *strings(): IterableIterator<Uint8Array> {
    for (let entry = 0; entry < this.entryCount; entry++) {
      if (this.numbers[entry]! < 0) continue;
      const start = this.starts[entry]!;
      yield this.bytes.slice(start, start + this.lengths[entry]!);
    }
  }

  private slotOf(bytes: Uint8Array, start: number, end: number): number {
    const { slots, starts, lengths } = this;
    const mask = slots.length - 1;
    const length = end - start;
    let slot = this.hash(bytes, start, end) & mask;
    for (;;) {
      const entry = slots[slot]!;
      if (entry === EMPTY) return -1;
      if (entry >= 0 && lengths[entry] === length && this.isAt(starts[entry]!, bytes, start, end)) {
        return slot;
      }
      slot = (slot + 1) & mask;
    }
  }

  private isAt(at: number, bytes: Uint8Array, start: number, end: number): boolean {
    const own = this.bytes;
    for (let i = start; i < end; i++) if (own[at + i - start] !== bytes[i]) return false;
    return true;
  }

  private hash(bytes: Uint8Array, start: number, end: number): number {
    let hash = this.seed ^ 0x811c9dc5;
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
    return (hash ^ (hash >>> 13)) >>> 0;
  }

  private place(entry: number, hash: number): void {
    const mask = this.slots.length - 1;
    let slot = hash & mask;
    while (this.slots[slot]! >= 0) slot = (slot + 1) & mask;
    this.slots[slot] = entry;
  }

  private makeRoom(length: number): void {
    if (this.entryCount === this.starts.length || 2 * (this.entryCount + 1) > this.slots.length) {
      this.rebuild();
    }
    if (this.used + length <= this.bytes.length) return;
    const bytes = new Uint8Array(Math.max(2 * this.bytes.length, this.used + length));
    bytes.set(this.bytes);
    this.bytes = bytes;
  }

  /** Moves what is in to the front, leaves removed entries out, and doubles the columns where needed. */
  private rebuild(): void {
    const size = Math.max(32, 2 * this.count);
    const { starts, lengths, numbers, entryCount } = this;
    this.starts = new Uint32Array(size);
    this.lengths = new Uint32Array(size);
    this.numbers = new Float64Array(size);
    let slots = 64;
    while (slots < 2 * size) slots *= 2;
    this.slots = new Int32Array(slots).fill(EMPTY);
    this.entryCount = this.used = 0;
    for (let entry = 0; entry < entryCount; entry++) {
      if (numbers[entry]! < 0) continue;
      const start = starts[entry]!;
      const length = lengths[entry]!;
      const kept = this.entryCount++;
      this.bytes.copyWithin(this.used, start, start + length);
      this.starts[kept] = this.used;
      this.lengths[kept] = length;
      this.numbers[kept] = numbers[entry]!;
      this.place(kept, this.hash(this.bytes, this.used, this.used + length));
      this.used += length;
    }
  }
}
