/**
 * Runs a backtracking program over bytes, with PCRE's order of preference. No recursion and no allocation
 * per search: choices and overwritten slots lie on one typed-array stack that grows to a limit. Each
 * search has a step limit; at either limit the answer is LIMIT, and the caller counts it.
 *
 * A frame on the stack is three words:
 *   [address, position, -1]      a choice: go on there
 *   [address, position, limit]   a run that can give back (greedy) or take (lazy) down or up to limit
 *   [-1 - slot, value, 0]        an overwritten slot or register
 *
 * @hotpath
 */
import { BacktrackOp, type BacktrackProgram, UNBOUNDED } from "./backtrack-program.ts";
import { BACKTRACK_STACK_LIMIT_WORDS, RUN_BYTES_PER_STEP } from "./limits.ts";
import { assertionHolds } from "./positions.ts";
import type { PrefixWindow } from "./prefix-window.ts";
import { LIMIT, MATCH, NO_MATCH } from "./result.ts";

const FRAME_WORDS = 3;
const NO_LIMIT = -1;
/** In place of an address: this way is at its end, take back the last choice. */
const FAIL = -1;
const RUN_STEP_SHIFT = 31 - Math.clz32(RUN_BYTES_PER_STEP);

export class Backtracker {
  /** Slots 0 and 1 hold the bounds of the match after MATCH, two more each group; then registers. */
  readonly slots: Int32Array;
  /** Where the attempt that matched began; slot 0 is elsewhere after `\K`. */
  attemptStart = 0;
  private readonly code: Int32Array;
  private readonly entry: number;
  private readonly sets: Int32Array;
  private stack = new Int32Array(FRAME_WORDS * 64);
  /** Words in use: 0 <= height <= stack.length. */
  private height = 0;
  private overflowed = false;
  private stepsLeft = 0;
  private position = 0;
  private start = 0;
  private end = 0;
  private from = 0;

  constructor(program: BacktrackProgram) {
    this.code = program.code;
    this.entry = program.entry;
    this.sets = program.sets;
    this.slots = new Int32Array(program.slotCount);
  }

  /**
   * Tries the starts from `first` to `last`, both included, that `window` lets through. `from` is where the
   * search began, for `\G`.
   */
  search(
    bytes: Uint8Array,
    start: number,
    end: number,
    from: number,
    first: number,
    last: number,
    window: PrefixWindow | undefined,
    stepLimit: number,
  ): number {
    this.start = start;
    this.end = end;
    this.from = from;
    this.stepsLeft = stepLimit;
    this.overflowed = false;
    this.slots.fill(-1);
    for (let position = first; position <= last; position++) {
      if (window !== undefined) {
        position = window.next(bytes, position, end);
        if (position > last) return NO_MATCH;
      }
      const result = this.run(bytes, position);
      if (result !== NO_MATCH) {
        this.attemptStart = position;
        return result;
      }
    }
    return NO_MATCH;
  }

  /** Matches from one start. After NO_MATCH the stack is empty and all slots are as before. */
  private run(bytes: Uint8Array, from: number): number {
    const { code, sets, slots, end } = this;
    let address = this.entry;
    let position = from;
    this.height = 0;
    slots[0] = from;
    for (;;) {
      if (--this.stepsLeft < 0 || this.overflowed) return LIMIT;
      const operand = code[address + 2]!;
      let next = code[address + 1]!;
      switch (code[address]) {
        case BacktrackOp.Byte:
          if (position < end && bytes[position] === operand) position++;
          else next = FAIL;
          break;
        case BacktrackOp.Letter:
          if (position < end && (bytes[position]! | 0x20) === operand) position++;
          else next = FAIL;
          break;
        case BacktrackOp.Set:
          if (position < end && hasByte(sets, operand, bytes[position]!)) position++;
          else next = FAIL;
          break;
        case BacktrackOp.Split:
          this.push(operand, position, NO_LIMIT);
          break;
        case BacktrackOp.Save:
          this.assign(operand, position);
          break;
        case BacktrackOp.Peek:
          if (this.peek(bytes, position, operand, code[address + 3]!) !== (code[address + 4] === 1))
            next = FAIL;
          break;
        case BacktrackOp.Match:
          slots[1] = position;
          return MATCH;
        default:
          this.position = position;
          next = this.execute(bytes, address);
          position = this.position;
      }
      if (next === FAIL) {
        next = this.takeBack(bytes);
        if (next === FAIL) return NO_MATCH;
        position = this.position;
      }
      address = next;
    }
  }

  private peek(bytes: Uint8Array, position: number, set: number, length: number): boolean {
    const { sets } = this;
    if (length > this.end - position) return false;
    for (let i = 0; i < length; i++)
      if (!hasByte(sets, set + i, bytes[position + i]!)) return false;
    return true;
  }

  /** Executes the rarer operations at `this.position`; returns where to go on, or FAIL. */
  private execute(bytes: Uint8Array, address: number): number {
    const { code, slots, position } = this;
    const next = code[address + 1]!;
    const operand = code[address + 2]!;
    switch (code[address]) {
      case BacktrackOp.RunGreedy:
      case BacktrackOp.RunLazy:
      case BacktrackOp.RunPossessive:
        return this.executeRun(bytes, address);
      case BacktrackOp.Assert: {
        const holds = assertionHolds(operand, bytes, this.start, this.end, this.from, position);
        return holds ? next : FAIL;
      }
      case BacktrackOp.CloseGroup:
        this.assign(operand * 2, slots[code[address + 3]!]!);
        this.assign(operand * 2 + 1, position);
        return next;
      case BacktrackOp.BackReference:
        return this.matchReference(bytes, operand, code[address + 3] === 1) ? next : FAIL;
      case BacktrackOp.IfGroup:
        return slots[operand * 2 + 1]! >= 0 ? next : code[address + 3]!;
      case BacktrackOp.StepBack:
        this.position = position - operand;
        return this.position >= this.start ? next : FAIL;
      default:
        return this.executeControl(address, next, operand);
    }
  }

  /** Repeats over more than a byte, atomic groups and look-arounds: what keeps books on the stack. */
  private executeControl(address: number, next: number, register: number): number {
    const { code, slots } = this;
    switch (code[address]) {
      case BacktrackOp.RepeatBegin:
        this.assign(register, 0);
        return next;
      case BacktrackOp.RepeatGreedy:
      case BacktrackOp.RepeatLazy:
        return this.chooseRound(address, next, register);
      case BacktrackOp.RepeatRound:
        this.assign(register, slots[register]! + 1);
        this.assign(register + 1, this.position);
        return next;
      case BacktrackOp.AtomicBegin:
        this.assign(register, this.height);
        return next;
      case BacktrackOp.AtomicEnd:
        this.dropChoices(slots[register]!);
        return next;
      case BacktrackOp.LookBegin:
        this.openLook(register);
        return next;
      case BacktrackOp.LookElse:
        this.openLook(register);
        this.push(code[address + 3]!, this.position, NO_LIMIT);
        return next;
      case BacktrackOp.LookEnd: {
        const position = slots[register + 1]!;
        this.dropChoices(slots[register]!);
        this.position = position;
        return next;
      }
      default:
        this.undoTo(slots[register]!);
        return FAIL;
    }
  }

  private openLook(register: number): void {
    const height = this.height;
    this.assign(register, height);
    this.assign(register + 1, this.position);
  }

  /** Consumes at least min and at most max bytes of a set, and keeps the choice of how many. */
  private executeRun(bytes: Uint8Array, address: number): number {
    const { code, sets, position } = this;
    const set = code[address + 2]!;
    const min = code[address + 3]!;
    const max = code[address + 4]!;
    const operation = code[address]!;
    const room = this.end - position;
    if (room < min) return FAIL;
    const limit = room < max ? this.end : position + max;
    const target = operation === BacktrackOp.RunLazy ? position + min : limit;
    let at = position;
    while (at < target && hasByte(sets, set, bytes[at]!)) at++;
    this.stepsLeft -= (at - position) >> RUN_STEP_SHIFT;
    if (at - position < min) return FAIL;
    this.position = at;
    if (operation === BacktrackOp.RunLazy) {
      if (at < limit) this.push(address, at, limit);
    } else if (operation === BacktrackOp.RunGreedy && at > position + min) {
      this.push(address, at, position + min);
    }
    return code[address + 1]!;
  }

  private chooseRound(address: number, exit: number, register: number): number {
    const { code, slots, position } = this;
    const count = slots[register]!;
    const round = code[address + 5]!;
    if (count < code[address + 3]!) return round;
    const max = code[address + 4]!;
    // As PCRE, only an unbounded repeat stops after an empty round; a counted one ends by itself.
    const isStuck = max === UNBOUNDED && count > 0 && slots[register + 1] === position;
    if (isStuck || count >= max) return exit;
    const greedy = code[address] === BacktrackOp.RepeatGreedy;
    this.push(greedy ? exit : round, position, NO_LIMIT);
    return greedy ? round : exit;
  }

  private matchReference(bytes: Uint8Array, group: number, caseless: boolean): boolean {
    const { slots, position } = this;
    const groupStart = slots[group * 2]!;
    const length = slots[group * 2 + 1]! - groupStart;
    if (groupStart < 0 || length > this.end - position) return false;
    this.stepsLeft -= length >> RUN_STEP_SHIFT;
    for (let i = 0; i < length; i++) {
      const a = bytes[groupStart + i]!;
      const b = bytes[position + i]!;
      if (a !== b && !(caseless && isSameLetter(a, b))) return false;
    }
    this.position = position + length;
    return true;
  }

  /** Undoes to the last choice and takes its other way; returns where to go on, or FAIL. */
  private takeBack(bytes: Uint8Array): number {
    const { stack, slots, code } = this;
    while (this.height > 0) {
      const frame = this.height - FRAME_WORDS;
      const address = stack[frame]!;
      const value = stack[frame + 1]!;
      if (address < 0) {
        slots[-1 - address] = value;
        this.height = frame;
      } else if (stack[frame + 2] === NO_LIMIT) {
        this.height = frame;
        this.position = value;
        return address;
      } else {
        const found =
          code[address] === BacktrackOp.RunGreedy
            ? this.shortenRun(bytes, frame, code[address + 5]!)
            : this.lengthenRun(bytes, frame, address);
        if (found) return code[address + 1]!;
      }
    }
    return FAIL;
  }

  /** Gives back a byte of a greedy run, or as many as it takes to come before the byte that must follow. */
  private shortenRun(bytes: Uint8Array, frame: number, follower: number): boolean {
    const { stack } = this;
    const from = stack[frame + 1]!;
    const limit = stack[frame + 2]!;
    let at = from - 1;
    if (follower >= 0) while (at > limit && bytes[at] !== follower) at--;
    this.stepsLeft -= (from - at) >> RUN_STEP_SHIFT;
    stack[frame + 1] = at;
    if (at === limit) this.height = frame;
    this.position = at;
    return follower < 0 || bytes[at] === follower;
  }

  /** Takes one more byte into a lazy run, or as many as it takes to come before the byte that must follow. */
  private lengthenRun(bytes: Uint8Array, frame: number, address: number): boolean {
    const { stack, code, sets } = this;
    const set = code[address + 2]!;
    const follower = code[address + 5]!;
    const from = stack[frame + 1]!;
    const limit = stack[frame + 2]!;
    let at = from;
    do {
      if (!hasByte(sets, set, bytes[at]!)) {
        this.height = frame;
        return false;
      }
      at++;
    } while (follower >= 0 && at < limit && bytes[at] !== follower);
    this.stepsLeft -= (at - from) >> RUN_STEP_SHIFT;
    stack[frame + 1] = at;
    if (at === limit) this.height = frame;
    this.position = at;
    return true;
  }

  /** Sets a slot or register, and keeps its old value for the way back. */
  private assign(slot: number, value: number): void {
    this.push(-1 - slot, this.slots[slot]!, 0);
    this.slots[slot] = value;
  }

  private push(address: number, position: number, limit: number): void {
    const frame = this.height;
    if (frame + FRAME_WORDS > this.stack.length && !this.grow()) return;
    this.stack[frame] = address;
    this.stack[frame + 1] = position;
    this.stack[frame + 2] = limit;
    this.height = frame + FRAME_WORDS;
  }

  private grow(): boolean {
    if (this.stack.length >= BACKTRACK_STACK_LIMIT_WORDS) {
      this.overflowed = true;
      return false;
    }
    const larger = new Int32Array(Math.min(this.stack.length * 4, BACKTRACK_STACK_LIMIT_WORDS));
    larger.set(this.stack);
    this.stack = larger;
    return true;
  }

  /** Removes the choices above `height`, but keeps what is needed to undo slots. */
  private dropChoices(height: number): void {
    const { stack } = this;
    let kept = height;
    for (let frame = height; frame < this.height; frame += FRAME_WORDS) {
      if (stack[frame]! >= 0) continue;
      stack[kept] = stack[frame]!;
      stack[kept + 1] = stack[frame + 1]!;
      kept += FRAME_WORDS;
    }
    this.stepsLeft -= (this.height - height) >> RUN_STEP_SHIFT;
    this.height = kept;
  }

  private undoTo(height: number): void {
    const { stack, slots } = this;
    while (this.height > height) {
      this.height -= FRAME_WORDS;
      const address = stack[this.height]!;
      if (address < 0) slots[-1 - address] = stack[this.height + 1]!;
    }
  }
}

function hasByte(sets: Int32Array, set: number, byte: number): boolean {
  return ((sets[(set << 3) + (byte >>> 5)]! >>> (byte & 31)) & 1) === 1;
}

function isSameLetter(a: number, b: number): boolean {
  const lower = a | 0x20;
  return lower === (b | 0x20) && lower >= 0x61 && lower <= 0x7a;
}
