/**
 * The thread lists behind a DFA state: which NFA threads a byte leads to, in order of preference.
 * Runs only while states are built.
 */
import type { ByteClasses } from "./byte-classes.ts";
import { Context, NFA_STRIDE, NfaOp, type NfaProgram } from "./nfa.ts";
import { isWordByte } from "./positions.ts";
import { Assertion } from "./syntax-tree.ts";

/** In place of a byte class: what comes next is not known, so assertions stay undecided in the list. */
const NO_CLASS = -1;

export class ThreadLists {
  /** The list built last: addresses of Set, Assert and Match instructions, `count` of them. */
  threads: Int32Array;
  count = 0;
  /** Falls by one for each instruction visited; the owner sets it and looks whether it is below zero. */
  visitsLeft = 0;
  private readonly program: NfaProgram;
  private readonly classes: ByteClasses;
  /** 1 where set s has the bytes of class c, at `s * classes.count + c`. */
  private readonly accepts: Uint8Array;
  private resolved: Int32Array;
  private resolvedCount = 0;
  /** Generation in which each instruction was last visited. */
  private readonly seen: Int32Array;
  private generation = 0;
  private readonly stack: Int32Array;

  constructor(program: NfaProgram, classes: ByteClasses) {
    const instructionCount = program.code.length / NFA_STRIDE;
    this.program = program;
    this.classes = classes;
    this.accepts = computeAccepts(program, classes);
    this.threads = new Int32Array(instructionCount);
    this.resolved = new Int32Array(instructionCount);
    this.seen = new Int32Array(instructionCount);
    this.stack = new Int32Array(instructionCount * 2 + 2);
  }

  /** Makes the list of what is reachable from `address` alone. */
  begin(address: number): void {
    this.clear();
    this.add(address, NO_CLASS, 0);
  }

  /** Takes the list stored in `pool` and decides its assertions by what lies before and behind. */
  resolve(pool: Int32Array, first: number, last: number, byteClass: number, context: number): void {
    this.clear();
    for (let i = first; i < last; i++) this.add(pool[i]!, byteClass, context);
    const list = this.resolved;
    this.resolved = this.threads;
    this.resolvedCount = this.count;
    this.threads = list;
    this.count = 0;
  }

  /**
   * Moves the resolved list over `byteClass`. True if it holds a match, which is then before that byte;
   * threads behind the match have lower preference and are dropped.
   */
  step(byteClass: number): boolean {
    const { code } = this.program;
    const { accepts, classes, resolved, resolvedCount } = this;
    const atEnd = byteClass === classes.endOfRange;
    let open = true;
    this.clear();
    for (let i = 0; i < resolvedCount; i++) {
      const address = resolved[i]!;
      if (code[address] === NfaOp.Match) return true;
      if (!open || atEnd || accepts[code[address + 2]! * classes.count + byteClass] === 0) continue;
      this.add(code[address + 1]!, NO_CLASS, 0);
      open = !this.endsInMatch();
    }
    return false;
  }

  private endsInMatch(): boolean {
    return this.count > 0 && this.program.code[this.threads[this.count - 1]!] === NfaOp.Match;
  }

  private clear(): void {
    this.count = 0;
    if (++this.generation === 0x7fffffff) {
      this.generation = 1;
      this.seen.fill(0);
    }
  }

  /** Appends what is reachable from `address` without consuming a byte, in order of preference. */
  private add(address: number, byteClass: number, context: number): void {
    const { code } = this.program;
    const { stack, seen, generation } = this;
    let depth = 0;
    stack[depth++] = address;
    while (depth > 0) {
      const at = stack[--depth]!;
      const index = at / NFA_STRIDE;
      if (seen[index] === generation) continue;
      seen[index] = generation;
      this.visitsLeft--;
      const operation = code[at]!;
      if (operation === NfaOp.Split) {
        stack[depth++] = code[at + 2]!;
        stack[depth++] = code[at + 1]!;
      } else if (operation === NfaOp.Save) {
        stack[depth++] = code[at + 1]!;
      } else if (operation === NfaOp.Assert && byteClass !== NO_CLASS) {
        if (this.holds(code[at + 2]!, byteClass, context)) stack[depth++] = code[at + 1]!;
      } else {
        this.threads[this.count++] = at;
        // What would follow a certain match has lower preference and can never win.
        if (operation === NfaOp.Match) return;
      }
    }
  }

  private holds(assertion: number, byteClass: number, context: number): boolean {
    const { classes } = this;
    const atEnd = byteClass === classes.endOfRange;
    const byte = classes.sample[byteClass]!;
    switch (assertion) {
      case Assertion.Start:
        return (context & Context.AtStart) !== 0;
      case Assertion.LineStart:
        return (
          (context & Context.AtStart) !== 0 || ((context & Context.AfterNewline) !== 0 && !atEnd)
        );
      case Assertion.End:
        return atEnd;
      case Assertion.SoftEnd:
        return atEnd || byteClass === classes.finalNewline;
      case Assertion.LineEnd:
        return atEnd || byte === 0x0a;
      default: {
        const isBoundary = ((context & Context.AfterWord) !== 0) !== (!atEnd && isWordByte(byte));
        return isBoundary === (assertion === Assertion.WordBoundary);
      }
    }
  }
}

function computeAccepts(program: NfaProgram, classes: ByteClasses): Uint8Array {
  const accepts = new Uint8Array(program.sets.length * classes.count);
  for (let set = 0; set < program.sets.length; set++) {
    for (let byteClass = 0; byteClass < classes.endOfRange; byteClass++) {
      const member = program.sets[set]!.has(classes.sample[byteClass]!);
      accepts[set * classes.count + byteClass] = member ? 1 : 0;
    }
  }
  return accepts;
}
