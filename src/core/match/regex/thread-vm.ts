/**
 * Runs the ordered NFA with one thread a state (Pike's VM): finds where a match starts and what its groups
 * captured, in time linear in the input. The DFA tells only where a match ends, so this is run on what
 * matched, when somebody asks.
 *
 * @hotpath
 */
import { NFA_STRIDE, NfaOp, type NfaProgram } from "./nfa.ts";
import { assertionHolds } from "./positions.ts";

export class ThreadVm {
  /** A search visits at most this many instructions a byte. */
  readonly instructionCount: number;
  private readonly program: NfaProgram;
  private readonly slotCount: number;
  /** Two lists: the threads at this position and at the next, with their slots row by row. */
  private threads: Int32Array;
  private slots: Int32Array;
  private nextThreads: Int32Array;
  private nextSlots: Int32Array;
  private nextCount = 0;
  private readonly seen: Int32Array;
  private generation = 0;
  /** Pairs: an address to visit, or `-1 - slot` and the value to put back. */
  private readonly stack: Int32Array;
  private readonly current: Int32Array;

  /** `slotCount` is 2 for the bounds of the match, or 2 more for each group. */
  constructor(program: NfaProgram, slotCount: number) {
    const instructionCount = program.code.length / NFA_STRIDE;
    this.instructionCount = instructionCount;
    this.program = program;
    this.slotCount = slotCount;
    this.threads = new Int32Array(instructionCount);
    this.nextThreads = new Int32Array(instructionCount);
    this.slots = new Int32Array(instructionCount * slotCount);
    this.nextSlots = new Int32Array(instructionCount * slotCount);
    this.seen = new Int32Array(instructionCount);
    this.stack = new Int32Array(instructionCount * 4 + 4);
    this.current = new Int32Array(slotCount);
  }

  /** Fills `result` with the slots of the leftmost match at or after `from`; false when there is none. */
  search(bytes: Uint8Array, start: number, end: number, from: number, result: Int32Array): boolean {
    const anchored = this.program.entry === this.program.searchEntry;
    let matched = false;
    this.nextCount = 0;
    this.generation++;
    for (let position = from; position <= end; position++) {
      if (!matched && (!anchored || position === from)) {
        this.current.fill(-1);
        this.add(this.program.entry, bytes, start, end, position);
      }
      const count = this.advance();
      if (count === 0 && (matched || anchored)) break;
      if (this.step(count, bytes, start, end, position, result)) matched = true;
    }
    return matched;
  }

  /** Makes the list of the next position the current one and begins a new one; returns its length. */
  private advance(): number {
    const { threads, slots, nextCount } = this;
    this.threads = this.nextThreads;
    this.slots = this.nextSlots;
    this.nextThreads = threads;
    this.nextSlots = slots;
    this.nextCount = 0;
    if (++this.generation === 0x7fffffff) {
      this.generation = 1;
      this.seen.fill(0);
    }
    return nextCount;
  }

  /** Moves the threads over one byte; true if one of them is a match, whose slots go to `result`. */
  private step(
    count: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    position: number,
    result: Int32Array,
  ): boolean {
    const { code, sets } = this.program;
    const { threads, slots, slotCount, current } = this;
    for (let i = 0; i < count; i++) {
      const address = threads[i]!;
      const isMatch = code[address] === NfaOp.Match;
      if (!isMatch && (position === end || !sets[code[address + 2]!]!.has(bytes[position]!)))
        continue;
      const target = isMatch ? result : current;
      for (let slot = 0; slot < slotCount; slot++) target[slot] = slots[i * slotCount + slot]!;
      if (isMatch) return true;
      this.add(code[address + 1]!, bytes, start, end, position + 1);
    }
    return false;
  }

  /** Adds what is reachable from `address` at `position` to the next list, with the current slots. */
  private add(
    address: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    position: number,
  ): void {
    const { code } = this.program;
    const { stack, seen, generation, current } = this;
    let depth = 0;
    stack[depth++] = address;
    stack[depth++] = 0;
    while (depth > 0) {
      const value = stack[--depth]!;
      const at = stack[--depth]!;
      if (at < 0) {
        current[-1 - at] = value;
        continue;
      }
      const index = at / NFA_STRIDE;
      if (seen[index] === generation) continue;
      seen[index] = generation;
      const operand = code[at + 2]!;
      const operation = code[at]!;
      if (operation === NfaOp.Match || operation === NfaOp.Set) {
        this.append(at);
        continue;
      }
      if (operation === NfaOp.Assert && !assertionHolds(operand, bytes, start, end, -1, position))
        continue;
      if (operation === NfaOp.Split) {
        stack[depth++] = operand;
        stack[depth++] = 0;
      } else if (operation === NfaOp.Save && operand < this.slotCount) {
        stack[depth++] = -1 - operand;
        stack[depth++] = current[operand]!;
        current[operand] = position;
      }
      stack[depth++] = code[at + 1]!;
      stack[depth++] = 0;
    }
  }

  private append(address: number): void {
    const { nextSlots, slotCount, current } = this;
    const row = this.nextCount * slotCount;
    this.nextThreads[this.nextCount++] = address;
    for (let slot = 0; slot < slotCount; slot++) nextSlots[row + slot] = current[slot]!;
  }
}
