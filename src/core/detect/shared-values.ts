/**
 * What rules and commands changed in datasets, for the engines of several threads at once. Each engine has what the
 * set's file says by itself; here stand the values that differ from it, in shared memory of a fixed size: those put in,
 * and those taken out. In parts with a lock each; a value's part is given by its hash. A set that nobody changed costs a
 * question one look at a number.
 *
 * At the limit of a part what says nothing any more (put in and taken out again) makes room; when nothing does, the
 * change is refused. Who finds a part closed does as at the limit, and sees the file's values there.
 *
 * @hotpath
 */
import { lockWords, SharedLocks } from "./shared-locks.ts";

const PARTS = 64;
/** Sets, with a second row for each that is read anew on reload. */
export const SHARED_SETS_MAX = 2048;
/** A row of the directory: length and bytes of the name, then numbers. */
const NAME_BYTES = 64;

/** Words of the header. */
const SEED = 0;
const PART_ENTRIES = 1;
const PART_BYTES = 2;
const SETS = 3;
const TURN = 4;
const LOCKS = 16;
/** Behind the parts' locks there is one for the directory. */
const DIRECTORY = PARTS;
const USED = LOCKS + lockWords(PARTS + 1);
const HEADER_WORDS = USED + 2 * PARTS;

/** Numbers of a set: changed values, their bytes, how many more there are than in the file, which time it was read. */
const COUNT = 0;
const BYTES = 1;
const MORE = 2;
const GENERATION = 3;
const SET_WORDS = 4;

/** Numbers of a value: its set and one, where its bytes are, how many, what is said of it, its turn among all. */
const SET = 0;
const START = 1;
const LENGTH = 2;
const STATE = 3;
const ORDER = 4;
const ENTRY_WORDS = 5;

/** What is said of a value: nothing, so that the file holds; it is in; it is not. */
const State = { none: 0, in: 1, out: 2 } as const;

/** Values and their bytes that all sets together may differ by from their files. */
export const SHARED_VALUES_MAX = 1_048_576;
export const SHARED_VALUE_BYTES_MAX = 128 * 1024 * 1024;

/** Memory, zeros but for what is written here: what is not used is not touched. */
export function createSharedValues(
  seed: number,
  valuesMax = SHARED_VALUES_MAX,
  bytesMax = SHARED_VALUE_BYTES_MAX,
): SharedArrayBuffer {
  let entries = 8;
  while (entries * PARTS < valuesMax) entries *= 2;
  const bytes = Math.ceil(bytesMax / PARTS / 8) * 8;
  const words = HEADER_WORDS + SHARED_SETS_MAX * SET_WORDS + PARTS * entries * (2 + ENTRY_WORDS);
  const memory = new SharedArrayBuffer(words * 4 + SHARED_SETS_MAX * NAME_BYTES + PARTS * bytes);
  const header = new Int32Array(memory, 0, LOCKS);
  header[SEED] = seed;
  header[PART_ENTRIES] = entries;
  header[PART_BYTES] = bytes;
  return memory;
}

export class SharedValues {
  /** Changes that found no room. */
  refused = 0;
  private readonly locks: SharedLocks;
  private readonly header: Int32Array;
  private readonly sets: Int32Array;
  /** Slots of all parts, twice as many as entries: the entry's place in its part and one, 0 for none. */
  private readonly slots: Int32Array;
  private readonly entries: Int32Array;
  private readonly names: Uint8Array;
  private readonly bytes: Uint8Array;
  private readonly entriesOfPart: number;
  private readonly bytesOfPart: number;
  /** Of the value that is held. */
  private hash = 0;
  private part = 0;

  /** @param threadNumber from 1, another for each thread. */
  constructor(memory: SharedArrayBuffer, threadNumber: number) {
    const header = new Int32Array(memory, 0, HEADER_WORDS);
    this.header = header;
    this.locks = new SharedLocks(header, LOCKS, threadNumber);
    const count = header[PART_ENTRIES]!;
    this.entriesOfPart = count;
    this.bytesOfPart = header[PART_BYTES]!;
    let at = HEADER_WORDS * 4;
    const numbers = (length: number): Int32Array => {
      const array = new Int32Array(memory, at, length);
      at += length * 4;
      return array;
    };
    this.sets = numbers(SHARED_SETS_MAX * SET_WORDS);
    this.slots = numbers(2 * PARTS * count);
    this.entries = numbers(PARTS * count * ENTRY_WORDS);
    this.names = new Uint8Array(memory, at, SHARED_SETS_MAX * NAME_BYTES);
    this.bytes = new Uint8Array(memory, at + this.names.length, PARTS * this.bytesOfPart);
  }

  get waits(): number {
    return this.locks.waits;
  }

  get closed(): number {
    return this.locks.closed;
  }

  /**
   * The number of the set with this name (latin-1), the same in all threads; -1 when there are too many. What was changed
   * before its file was read for the `generation`th time is forgotten.
   */
  open(name: Uint8Array, generation: number): number {
    if (!this.locks.acquire(DIRECTORY)) return -1;
    const set = this.rowOf(name, generation & 1);
    if (set >= 0 && this.sets[set * SET_WORDS + GENERATION] !== generation) {
      this.forget(set);
      this.sets[set * SET_WORDS + GENERATION] = generation;
    }
    this.locks.release(DIRECTORY);
    return set;
  }

  /** Values by which the set differs from its file. */
  changesOf(set: number): number {
    return Atomics.load(this.sets, set * SET_WORDS + COUNT);
  }

  /** Bytes that these take. */
  bytesOf(set: number): number {
    return Atomics.load(this.sets, set * SET_WORDS + BYTES);
  }

  /** Values in the set less those in its file. */
  moreThanFile(set: number): number {
    return Atomics.load(this.sets, set * SET_WORDS + MORE);
  }

  /** Whether the value is in; `isInFile` is what the file says. */
  has(set: number, bytes: Uint8Array, start: number, end: number, isInFile: boolean): boolean {
    if (this.changesOf(set) === 0 || !this.hold(set, bytes, start, end)) return isInFile;
    const state = this.stateAt(this.find(set, bytes, start, end));
    this.locks.release(this.part);
    return state === State.none ? isInFile : state === State.in;
  }

  /** Puts the value in, or takes it out; false when it was so before, or when there is no room. */
  change(
    set: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    isInFile: boolean,
    isWanted: boolean,
  ): boolean {
    if (!this.hold(set, bytes, start, end)) return this.refuse();
    const entry = this.find(set, bytes, start, end);
    const state = this.stateAt(entry);
    const isIn = state === State.none ? isInFile : state === State.in;
    const next = isInFile === isWanted ? State.none : isWanted ? State.in : State.out;
    const isDone = isIn !== isWanted && this.put(entry, set, bytes, start, end, next);
    this.locks.release(this.part);
    return isDone;
  }

  /** Copies of the values of a set that were put in, in the order of their coming. */
  valuesOf(set: number): readonly Uint8Array[] {
    const found: { readonly order: number; readonly value: Uint8Array }[] = [];
    for (let part = 0; part < PARTS; part++) {
      if (!this.locks.acquire(part)) continue;
      this.walk(part, (at) => {
        if (this.entries[at + SET] !== set + 1 || this.entries[at + STATE] !== State.in) return;
        const start = part * this.bytesOfPart + this.entries[at + START]!;
        const value = this.bytes.slice(start, start + this.entries[at + LENGTH]!);
        found.push({ order: this.entries[at + ORDER]!, value });
      });
      this.locks.release(part);
    }
    return found.sort((a, b) => a.order - b.order).map(({ value }) => value);
  }

  /** Everything said of the set. */
  private forget(set: number): void {
    const base = set * SET_WORDS;
    if (Atomics.load(this.sets, base + COUNT) === 0) return;
    for (let part = 0; part < PARTS; part++) {
      if (!this.locks.acquire(part)) continue;
      this.walk(part, (at) => {
        if (this.entries[at + SET] === set + 1) this.say(at, State.none);
      });
      this.locks.release(part);
    }
  }

  private walk(part: number, visit: (at: number) => void): void {
    const count = this.header[USED + 2 * part]!;
    const first = part * this.entriesOfPart;
    for (let i = first; i < first + count; i++) visit(i * ENTRY_WORDS);
  }

  /** The directory's row, made when it is not there. Each name may have one of each `side`. */
  private rowOf(name: Uint8Array, side: number): number {
    const { names, header } = this;
    const count = header[SETS]!;
    // The highest bit of the length tells the sides apart.
    const head = name.length | (side << 7);
    for (let row = 0; row < count; row++) {
      const base = row * NAME_BYTES;
      if (names[base] === head && name.every((byte, i) => names[base + 1 + i] === byte)) return row;
    }
    if (count === SHARED_SETS_MAX || name.length >= NAME_BYTES) return -1;
    names[count * NAME_BYTES] = head;
    names.set(name, count * NAME_BYTES + 1);
    header[SETS] = count + 1;
    return count;
  }

  private refuse(): boolean {
    this.refused++;
    return false;
  }

  /** Takes the lock of the value's part. */
  private hold(set: number, bytes: Uint8Array, start: number, end: number): boolean {
    let hash = this.header[SEED]! ^ Math.imul(set + 1, 0x9e3779b1);
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
    this.hash = mix(hash);
    this.part = this.hash >>> 26;
    return this.locks.acquire(this.part);
  }

  /** Place of the value's numbers, or -1. */
  private find(set: number, bytes: Uint8Array, start: number, end: number): number {
    const { slots, entriesOfPart, part } = this;
    const mask = 2 * entriesOfPart - 1;
    const firstSlot = part * (mask + 1);
    for (let slot = this.hash & mask; ; slot = (slot + 1) & mask) {
      const entry = slots[firstSlot + slot]! - 1;
      if (entry < 0) return -1;
      const at = (part * entriesOfPart + entry) * ENTRY_WORDS;
      if (this.isAt(at, set, bytes, start, end)) return at;
    }
  }

  private isAt(at: number, set: number, bytes: Uint8Array, start: number, end: number): boolean {
    const { entries } = this;
    if (entries[at + SET] !== set + 1 || entries[at + LENGTH] !== end - start) return false;
    const own = this.part * this.bytesOfPart + entries[at + START]!;
    for (let i = start; i < end; i++) if (this.bytes[own + i - start] !== bytes[i]) return false;
    return true;
  }

  private stateAt(at: number): number {
    return at < 0 ? State.none : this.entries[at + STATE]!;
  }

  private put(
    known: number,
    set: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    state: number,
  ): boolean {
    const at = known >= 0 ? known : this.append(set, bytes, start, end);
    if (at < 0) return this.refuse();
    this.say(at, state);
    return true;
  }

  /** Says something else of a value, and counts what is said of its set. */
  private say(at: number, state: number): void {
    const { entries, sets } = this;
    const before = entries[at + STATE]!;
    if (before === state) return;
    entries[at + STATE] = state;
    if (state === State.in) entries[at + ORDER] = Atomics.add(this.header, TURN, 1);
    const base = (entries[at + SET]! - 1) * SET_WORDS;
    const length = entries[at + LENGTH]!;
    Atomics.add(sets, base + MORE, worth(state) - worth(before));
    const change = Math.abs(worth(state)) - Math.abs(worth(before));
    Atomics.add(sets, base + COUNT, change);
    Atomics.add(sets, base + BYTES, change * length);
  }

  private append(set: number, bytes: Uint8Array, start: number, end: number): number {
    const { header, part } = this;
    const length = end - start;
    if (!this.fits(length)) this.compact(part);
    if (!this.fits(length)) return -1;
    const entry = header[USED + 2 * part]!++;
    const at = (part * this.entriesOfPart + entry) * ENTRY_WORDS;
    const used = header[USED + 2 * part + 1]!;
    header[USED + 2 * part + 1] = used + length;
    const own = part * this.bytesOfPart + used;
    for (let i = 0; i < length; i++) this.bytes[own + i] = bytes[start + i]!;
    this.entries[at + SET] = set + 1;
    this.entries[at + START] = used;
    this.entries[at + LENGTH] = length;
    this.entries[at + STATE] = State.none;
    this.link(part, entry, this.hash);
    return at;
  }

  private fits(length: number): boolean {
    const place = USED + 2 * this.part;
    const isFull = this.header[place]! >= this.entriesOfPart;
    return !isFull && this.header[place + 1]! + length <= this.bytesOfPart;
  }

  private link(part: number, entry: number, hash: number): void {
    const mask = 2 * this.entriesOfPart - 1;
    const first = part * (mask + 1);
    let slot = hash & mask;
    while (this.slots[first + slot] !== 0) slot = (slot + 1) & mask;
    this.slots[first + slot] = entry + 1;
  }

  /** Values of which nothing is said go; the others move to the front. */
  private compact(part: number): void {
    const { header, entries, entriesOfPart } = this;
    const count = header[USED + 2 * part]!;
    this.slots.fill(0, 2 * part * entriesOfPart, 2 * (part + 1) * entriesOfPart);
    let kept = 0;
    let used = 0;
    for (let entry = 0; entry < count; entry++) {
      const from = (part * entriesOfPart + entry) * ENTRY_WORDS;
      if (entries[from + STATE] === State.none) continue;
      const to = (part * entriesOfPart + kept) * ENTRY_WORDS;
      const own = part * this.bytesOfPart;
      const start = own + entries[from + START]!;
      const length = entries[from + LENGTH]!;
      this.bytes.copyWithin(own + used, start, start + length);
      for (let i = 0; i < ENTRY_WORDS; i++) entries[to + i] = entries[from + i]!;
      entries[to + START] = used;
      this.link(part, kept, this.hashAt(to, own + used));
      kept++;
      used += length;
    }
    header[USED + 2 * part] = kept;
    header[USED + 2 * part + 1] = used;
  }

  private hashAt(at: number, start: number): number {
    let hash = this.header[SEED]! ^ Math.imul(this.entries[at + SET]!, 0x9e3779b1);
    const end = start + this.entries[at + LENGTH]!;
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ this.bytes[i]!, 0x01000193);
    return mix(hash);
  }
}

/** Values that the set has more than its file. */
function worth(state: number): number {
  if (state === State.none) return 0;
  return state === State.in ? 1 : -1;
}

function mix(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (mixed ^ (mixed >>> 13)) >>> 0;
}
