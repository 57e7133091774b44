/**
 * A DFA built while it runs, over the ordered NFA: one table look-up a byte once the states are known.
 * A state is the list of NFA threads in order of preference, as in RE2, so the end it reports is that of
 * PCRE's backtracking, not the longest.
 *
 * A transition is decided by the state and the next byte's class. Whether a match ends *before* that byte
 * is told by the transition, because `$` and `\b` need to see it; the end of the range is a class too.
 * Its memory is bounded: a full cache is dropped and built anew (`flushCount`).
 *
 * @hotpath
 */
import { type ByteClasses, computeByteClasses } from "./byte-classes.ts";
import { DFA_BUILD_LIMIT_THREADS, DFA_CACHE_LIMIT_BYTES } from "./limits.ts";
import { Context, NfaOp, type NfaProgram } from "./nfa.ts";
import { isWordByte } from "./positions.ts";
import type { PrefixWindow } from "./prefix-window.ts";
import { ThreadLists } from "./thread-lists.ts";

/** No match, in place of a match's end. */
export const DFA_NO_MATCH = -1;
/** Too many states were needed: the search must be done another way. */
export const DFA_GAVE_UP = -2;

/*
 * A transition: the target's row offset in the table (bits 0..27), and flags. A plain one is >= 0, so that
 * the inner loop has a single test.
 *   bit 31 Special   look at the flags
 *   bit 30 Matched   a match ends before this byte
 *   bit 29 Idle      the target is a start state: nothing is under way, skip to a first byte
 * Row 0 is the dead state. Unknown is all ones.
 */
const UNKNOWN = -1;
const SPECIAL = 1 << 31;
const MATCHED = 1 << 30;
const IDLE = 1 << 29;
const ROW_MASK = 0x0fffffff;
const DEAD = 0;

/** Record of a state in `pool`: its hash chain, context bits, thread count, then the threads. */
const RECORD_NEXT = 0;
const RECORD_CONTEXT = 1;
const RECORD_COUNT = 2;
const RECORD_THREADS = 3;

const HASH_BUCKETS = 256;

export class LazyDfa {
  flushCount = 0;
  private readonly program: NfaProgram;
  private readonly classes: ByteClasses;
  private readonly stopAtFirst: boolean;
  private readonly lists: ThreadLists;
  /** Threads of a start state, to know one again. */
  private readonly startThreads: Int32Array;
  private readonly window: PrefixWindow | undefined;
  private table: Int32Array;
  private stateCount = 0;
  /** Record offset of each state. */
  private records: Int32Array;
  private pool: Int32Array;
  private poolUsed = 0;
  private readonly buckets = new Int32Array(HASH_BUCKETS);
  private readonly startStates = new Int32Array(8);

  /**
   * `window` skips to where a match may begin; undefined when a search need not skip. With `stopAtFirst` the search ends at the first end it sees: right for "is there a match" only.
   */
  constructor(program: NfaProgram, window: PrefixWindow | undefined, stopAtFirst: boolean) {
    this.program = program;
    this.stopAtFirst = stopAtFirst;
    this.classes = computeByteClasses(program);
    this.lists = new ThreadLists(program, this.classes);
    this.lists.begin(program.searchEntry);
    this.startThreads = this.lists.threads.slice(0, this.lists.count);
    this.window = program.entry === program.searchEntry ? undefined : window;
    this.table = new Int32Array(this.classes.count * 8);
    this.records = new Int32Array(8);
    this.pool = new Int32Array(64);
    this.reset();
  }

  /** Bytes of the tables that grow with the traffic. */
  get memoryBytes(): number {
    return (this.table.length + this.pool.length + this.records.length) * 4;
  }

  /** End of the leftmost match that starts in [from, end], or DFA_NO_MATCH, or DFA_GAVE_UP. */
  search(bytes: Uint8Array, start: number, end: number, from: number): number {
    this.lists.visitsLeft = DFA_BUILD_LIMIT_THREADS;
    const classOf = this.classes.classOf;
    const last = end - 1;
    let matchEnd = DFA_NO_MATCH;
    const window = this.window;
    let position = window === undefined ? from : window.next(bytes, from, end);
    if (window !== undefined && position === end) return DFA_NO_MATCH;
    let row = this.startState(this.contextAt(bytes, start, position));
    let table = this.table;
    for (;;) {
      let transition = 0;
      let byteClass = 0;
      while (position < last) {
        byteClass = classOf[bytes[position]!]!;
        transition = table[row + byteClass]!;
        if (transition < 0) break;
        row = transition;
        position++;
      }
      if (position >= last) {
        byteClass = this.lastClass(bytes, position, end);
        transition = table[row + byteClass]!;
      }
      if (transition === UNKNOWN) {
        transition = this.build(row, byteClass);
        if (this.lists.visitsLeft < 0) return DFA_GAVE_UP;
        table = this.table;
      }
      if (transition < 0) {
        if ((transition & MATCHED) !== 0) matchEnd = position;
        row = transition & ROW_MASK;
        if (row === DEAD) return matchEnd;
        if ((transition & IDLE) !== 0 && window !== undefined) {
          position = window.next(bytes, position + 1, end);
          if (position >= end) return matchEnd;
          row = this.startState(this.contextAt(bytes, start, position));
          table = this.table;
          continue;
        }
      } else {
        row = transition;
      }
      if (position >= end) return matchEnd;
      position++;
    }
  }

  private lastClass(bytes: Uint8Array, position: number, end: number): number {
    if (position >= end) return this.classes.endOfRange;
    const byte = bytes[position]!;
    return byte === 0x0a ? this.classes.finalNewline : this.classes.classOf[byte]!;
  }

  private contextAt(bytes: Uint8Array, start: number, position: number): number {
    const mask = this.program.contextMask;
    if (mask === 0) return 0;
    if (position === start) return mask & Context.AtStart;
    return mask & contextAfter(bytes[position - 1]!);
  }

  private startState(context: number): number {
    const known = this.startStates[context]!;
    if (known >= 0) return known;
    this.lists.begin(this.program.searchEntry);
    const row = this.intern(context);
    this.startStates[context] = row;
    return row;
  }

  /** Computes, stores and returns the transition of the state at `row` on `byteClass`. */
  private build(row: number, byteClass: number): number {
    const record = this.records[row / this.classes.count]!;
    const { lists } = this;
    const first = record + RECORD_THREADS;
    const context = this.pool[record + RECORD_CONTEXT]!;
    lists.resolve(this.pool, first, first + this.pool[record + RECORD_COUNT]!, byteClass, context);
    const matched = lists.step(byteClass);
    let transition = matched ? SPECIAL | MATCHED : 0;
    if (lists.count === 0 || (matched && this.stopAtFirst)) {
      transition |= SPECIAL | DEAD;
    } else {
      const flushes = this.flushCount;
      if (this.window !== undefined && this.isStart()) transition |= SPECIAL | IDLE;
      transition |= this.intern(this.contextAfterClass(byteClass));
      if (flushes !== this.flushCount) return transition;
    }
    this.table[row + byteClass] = transition;
    return transition;
  }

  private isStart(): boolean {
    const { startThreads, lists } = this;
    if (lists.count !== startThreads.length) return false;
    for (let i = 0; i < lists.count; i++) if (lists.threads[i] !== startThreads[i]) return false;
    return true;
  }

  private contextAfterClass(byteClass: number): number {
    if (this.program.contextMask === 0 || byteClass === this.classes.endOfRange) return 0;
    return this.program.contextMask & contextAfter(this.classes.sample[byteClass]!);
  }

  /** Row of the state with the current threads, new or known. May flush the cache. */
  private intern(context: number): number {
    const { threads, count } = this.lists;
    const { code } = this.program;
    let pending = false;
    let hash = 0;
    for (let i = 0; i < count; i++) {
      const address = threads[i]!;
      if (code[address] === NfaOp.Assert) pending = true;
      hash = (Math.imul(hash, 31) + address) | 0;
    }
    // Only a waiting assertion looks back, so other states are one whatever came before.
    const kept = pending ? context : 0;
    const bucket = (hash ^ (hash >>> 8) ^ (hash >>> 16) ^ kept) & (HASH_BUCKETS - 1);
    for (let state = this.buckets[bucket]!; state !== 0; ) {
      const record = this.records[state]!;
      if (this.isRecord(record, kept)) return state * this.classes.count;
      state = this.pool[record + RECORD_NEXT]!;
    }
    return this.addState(bucket, kept);
  }

  private isRecord(record: number, context: number): boolean {
    const { pool } = this;
    const { threads, count } = this.lists;
    if (pool[record + RECORD_CONTEXT] !== context || pool[record + RECORD_COUNT] !== count)
      return false;
    for (let i = 0; i < count; i++) {
      if (pool[record + RECORD_THREADS + i] !== threads[i]) return false;
    }
    return true;
  }

  private addState(bucket: number, context: number): number {
    const { threads, count } = this.lists;
    const recordLength = RECORD_THREADS + count;
    const neededWords =
      (this.stateCount + 1) * (this.classes.count + 1) + this.poolUsed + recordLength;
    if (neededWords * 4 > DFA_CACHE_LIMIT_BYTES && this.stateCount > 2) {
      this.reset();
      this.flushCount++;
    }
    const state = this.stateCount++;
    const record = this.poolUsed;
    this.poolUsed += recordLength;
    this.ensureRoom();
    this.records[state] = record;
    const { pool } = this;
    pool[record + RECORD_NEXT] = this.buckets[bucket]!;
    pool[record + RECORD_CONTEXT] = context;
    pool[record + RECORD_COUNT] = count;
    for (let i = 0; i < count; i++) pool[record + RECORD_THREADS + i] = threads[i]!;
    this.buckets[bucket] = state;
    const row = state * this.classes.count;
    this.table.fill(UNKNOWN, row, row + this.classes.count);
    return row;
  }

  private ensureRoom(): void {
    this.table = grown(this.table, this.stateCount * this.classes.count);
    this.records = grown(this.records, this.stateCount);
    this.pool = grown(this.pool, this.poolUsed);
  }

  /** Forgets all states but the dead one, which is state 0 with no record. */
  private reset(): void {
    this.stateCount = 1;
    this.poolUsed = 0;
    this.buckets.fill(0);
    this.startStates.fill(-1);
    this.table.fill(SPECIAL | DEAD, 0, this.classes.count);
  }
}

function contextAfter(byte: number): number {
  if (byte === 0x0a) return Context.AfterNewline;
  return isWordByte(byte) ? Context.AfterWord : 0;
}

function grown(array: Int32Array, length: number): Int32Array {
  if (length <= array.length) return array;
  const larger = new Int32Array(Math.max(length, array.length * 2));
  larger.set(array);
  return larger;
}
