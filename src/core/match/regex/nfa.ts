/**
 * Compiles a regular syntax tree to a nondeterministic automaton whose splits are ordered: the first way
 * is the one that backtracking would try first. The lazy DFA and the thread-list VM both run it.
 *
 * An instruction is three words: `[operation, next, operand]`. Built from the end backwards, so that every
 * instruction knows its successor and nothing needs patching but loops.
 */
import { assert } from "../../bytes/assert.ts";
import { allBytes, type ByteSet } from "./byte-set.ts";
import { Assertion, type RegexNode, type RepeatNode } from "./syntax-tree.ts";

export const NFA_STRIDE = 3;

export const NfaOp = {
  /** The match ends here. */
  Match: 0,
  /** Consumes one byte of set `operand`. */
  Set: 1,
  /** Goes to `next` first, to `operand` second. */
  Split: 2,
  /** Notes the position in slot `operand`. */
  Save: 3,
  /** Goes on if assertion `operand` holds. */
  Assert: 4,
} as const;

/** What the bytes before a position must be remembered as, for assertions. */
export const Context = { AtStart: 1, AfterWord: 2, AfterNewline: 4 } as const;

export interface NfaProgram {
  readonly code: Int32Array;
  readonly sets: readonly ByteSet[];
  /** Where a match that starts at the current position begins. */
  readonly entry: number;
  /** Where a search begins: `entry`, or a loop that starts anew at every byte with lower priority. */
  readonly searchEntry: number;
  /** Bits of `Context` that some assertion looks at. */
  readonly contextMask: number;
  /** True if some assertion tells the last newline of the range from others. */
  readonly seesFinalNewline: boolean;
  /** True if some assertion depends on the kind of the next byte: newline or word byte. */
  readonly seesNewline: boolean;
  readonly seesWord: boolean;
}

/** Compiles `root`; `anchored` searches try only their first position. */
export function compileNfa(root: RegexNode, anchored: boolean): NfaProgram {
  const compiler = new NfaCompiler();
  const match = compiler.emit(NfaOp.Match, 0, 0);
  const closeMatch = compiler.emit(NfaOp.Save, match, 1);
  const entry = compiler.emit(NfaOp.Save, compiler.compile(root, closeMatch), 0);
  const searchEntry = anchored ? entry : compiler.emitRestart(entry);
  const has = (...kinds: readonly number[]) => kinds.some((kind) => compiler.assertions.has(kind));
  const seesWord = has(Assertion.WordBoundary, Assertion.NotWordBoundary);
  return {
    code: Int32Array.from(compiler.code),
    sets: compiler.sets,
    entry,
    searchEntry,
    contextMask:
      (has(Assertion.Start, Assertion.LineStart) ? Context.AtStart : 0) |
      (has(Assertion.LineStart) ? Context.AfterNewline : 0) |
      (seesWord ? Context.AfterWord : 0),
    seesFinalNewline: has(Assertion.SoftEnd),
    seesNewline: has(Assertion.LineStart, Assertion.LineEnd, Assertion.SoftEnd),
    seesWord,
  };
}

class NfaCompiler {
  readonly code: number[] = [];
  readonly sets: ByteSet[] = [];
  readonly assertions = new Set<number>();
  private readonly setIndexes = new Map<string, number>();

  /** Appends an instruction and returns its address. */
  emit(operation: number, next: number, operand: number): number {
    const address = this.code.length;
    this.code.push(operation, next, operand);
    return address;
  }

  /** Compiles `node` so that it goes on at `next`; returns its address. */
  compile(node: RegexNode, next: number): number {
    switch (node.kind) {
      case "empty":
        return next;
      case "set":
        return this.emit(NfaOp.Set, next, this.setIndex(node.set));
      case "concat":
        return node.items.reduceRight((after, item) => this.compile(item, after), next);
      case "alternate":
        return this.compileAlternatives(node.items, next);
      case "repeat":
        return this.compileRepeat(node, next);
      case "group": {
        const close = this.emit(NfaOp.Save, next, node.capture * 2 + 1);
        return this.emit(NfaOp.Save, this.compile(node.body, close), node.capture * 2);
      }
      case "assert":
        this.assertions.add(node.assertion);
        return this.emit(NfaOp.Assert, next, node.assertion);
      default:
        return assertRegular(node.kind);
    }
  }

  /** A search that may start anywhere: try here, else eat one byte and try again. */
  emitRestart(entry: number): number {
    const restart = this.emit(NfaOp.Split, entry, 0);
    this.code[restart + 2] = this.emit(NfaOp.Set, restart, this.setIndex(allBytes()));
    return restart;
  }

  private compileAlternatives(items: readonly RegexNode[], next: number): number {
    const addresses = items.map((item) => this.compile(item, next));
    return addresses.reduceRight((rest, address) => this.emit(NfaOp.Split, address, rest));
  }

  private compileRepeat(node: RepeatNode, next: number): number {
    const lazy = node.mode === "lazy";
    let entry = next;
    let required = node.min;
    if (node.max === Number.POSITIVE_INFINITY) {
      entry = this.compileLoop(node.body, next, lazy, required > 0);
      if (required > 0) required--;
    } else {
      for (let i = node.min; i < node.max; i++)
        entry = this.split(this.compile(node.body, entry), next, lazy);
    }
    for (let i = 0; i < required; i++) entry = this.compile(node.body, entry);
    return entry;
  }

  /** `body*`, or `body+` when one round is required: the same loop entered at the body. */
  private compileLoop(body: RegexNode, next: number, lazy: boolean, atLeastOnce: boolean): number {
    const loop = this.split(next, next, lazy);
    const bodyEntry = this.compile(body, loop);
    this.code[lazy ? loop + 2 : loop + 1] = bodyEntry;
    return atLeastOnce ? bodyEntry : loop;
  }

  private split(body: number, next: number, lazy: boolean): number {
    return lazy ? this.emit(NfaOp.Split, next, body) : this.emit(NfaOp.Split, body, next);
  }

  private setIndex(set: ByteSet): number {
    const key = set.key();
    let index = this.setIndexes.get(key);
    if (index === undefined) {
      index = this.sets.push(set) - 1;
      this.setIndexes.set(key, index);
    }
    return index;
  }
}

function assertRegular(kind: string): never {
  assert(false, `a ${kind} is not regular`);
}
