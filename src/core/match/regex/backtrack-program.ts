/**
 * Compiles a syntax tree for the backtracker: everything PCRE has but recursion. Repeats are counted in
 * registers, not written out, so a program is about as long as its pattern.
 *
 * An instruction is six words: `[operation, next, a, b, c, d]`; what a to d mean stands at each operation.
 * Slots 0 and 1 hold the match, two more each group, the registers follow.
 */
import { lengthRange, referencedGroups } from "./analyze.ts";
import { type ByteSet, literalOf } from "./byte-set.ts";
import { BACKTRACK_INSTRUCTION_LIMIT, LOOKBEHIND_LIMIT_BYTES } from "./limits.ts";
import { RegexSyntaxError } from "./syntax-error.ts";
import type { ConditionalNode, LookNode, RegexNode, RepeatNode } from "./syntax-tree.ts";

export const BACKTRACK_STRIDE = 6;

export const BacktrackOp = {
  Match: 0,
  /** a: the byte. */
  Byte: 1,
  /** a: a lower-case letter, accepted in both cases. */
  Letter: 2,
  /** a: set index. */
  Set: 3,
  /** Tries next, then a. */
  Split: 4,
  /** a: slot or register that gets the position. */
  Save: 5,
  /** a: assertion. */
  Assert: 6,
  /** A run over set a, at least b and at most c bytes; d: the byte that must follow, or -1. */
  RunGreedy: 7,
  RunLazy: 8,
  RunPossessive: 9,
  /** a: register of the count, which starts at 0; a + 1: where the last round began. */
  RepeatBegin: 10,
  /** After a round. a: register, b: min, c: max, d: address of RepeatGreedy's or RepeatLazy's round. */
  RepeatGreedy: 11,
  RepeatLazy: 12,
  /** Starts a round. a: register. */
  RepeatRound: 13,
  /** a: register for the stack height. */
  AtomicBegin: 14,
  /** Drops the choices made since the height in register a. */
  AtomicEnd: 15,
  /** a: registers for height and position. */
  LookBegin: 16,
  /** The look-ahead held: drops its choices and goes back to its position. */
  LookEnd: 17,
  /** As LookBegin, but goes on at b if what follows fails. */
  LookElse: 18,
  /** What must not match did: undoes all since the height in register a, and fails. */
  LookFail: 19,
  /** Goes to next if group a is set, else to b. */
  IfGroup: 20,
  /** a: group, b: 1 for caseless. */
  BackReference: 21,
  /** a: bytes to step back. */
  StepBack: 22,
  /** Group a ends here and began at the position in register b. */
  CloseGroup: 23,
  /** Looks ahead for b sets in a row, from set a on; c: 1 if they must be there, 0 if they must not. */
  Peek: 24,
} as const;

/** Stands for "no upper bound" in a program. */
export const UNBOUNDED = 0x7fffffff;

export interface BacktrackProgram {
  readonly code: Int32Array;
  readonly entry: number;
  /** Eight words a set. */
  readonly sets: Int32Array;
  /** Slots and registers in all. */
  readonly slotCount: number;
}

/** Which groups a program notes: all, or those that the pattern itself refers to, which is faster. */
export type NotedGroups = "all" | "referenced";

/** Compiles `root`. Throws `RegexSyntaxError` for a lookbehind without a fixed length. */
export function compileBacktrack(
  root: RegexNode,
  groupCount: number,
  notedGroups: NotedGroups,
): BacktrackProgram {
  const noted = notedGroups === "all" ? undefined : referencedGroups(root);
  const compiler = new BacktrackCompiler((groupCount + 1) * 2, noted);
  const match = compiler.emit(BacktrackOp.Match, 0);
  const entry = compiler.compile(root, match);
  const sets = new Int32Array(compiler.sets.length * 8);
  for (let i = 0; i < compiler.sets.length; i++) sets.set(compiler.sets[i]!.words, i * 8);
  return { code: Int32Array.from(compiler.code), entry, sets, slotCount: compiler.slotCount };
}

class BacktrackCompiler {
  readonly code: number[] = [];
  readonly sets: ByteSet[] = [];
  slotCount: number;
  private readonly setIndexes = new Map<string, number>();

  private readonly noted: ReadonlySet<number> | undefined;

  constructor(slotCount: number, noted: ReadonlySet<number> | undefined) {
    this.slotCount = slotCount;
    this.noted = noted;
  }

  emit(operation: number, next: number, a = 0, b = 0, c = 0, d = 0): number {
    const address = this.code.length;
    if (address / BACKTRACK_STRIDE >= BACKTRACK_INSTRUCTION_LIMIT) {
      throw new RegexSyntaxError(
        `the pattern needs more than ${BACKTRACK_INSTRUCTION_LIMIT} steps`,
        0,
      );
    }
    this.code.push(operation, next, a, b, c, d);
    return address;
  }

  private newRegisters(count: number): number {
    const first = this.slotCount;
    this.slotCount += count;
    return first;
  }

  /** Compiles `node` so that it goes on at `next`; returns its address. */
  compile(node: RegexNode, next: number): number {
    switch (node.kind) {
      case "empty":
        return next;
      case "set":
        return this.compileSet(node.set, next);
      case "concat":
        return node.items.reduceRight((after, item) => this.compile(item, after), next);
      case "alternate":
        return this.compileAlternatives(node.items, next);
      case "repeat":
        return this.compileRepeat(node, next);
      case "group":
        return this.compileGroup(node.capture, node.body, next);
      case "atomic":
        return this.compileAtomic(node.body, next);
      case "assert":
        return this.emit(BacktrackOp.Assert, next, node.assertion);
      case "look":
        return this.compileLook(node, next);
      case "backreference":
        return this.compileReference(node.groups, node.caseless ? 1 : 0, next);
      case "conditional":
        return this.compileConditional(node, next);
      case "keep":
        return this.emit(BacktrackOp.Save, next, 0);
      default:
        return node satisfies never;
    }
  }

  private compileSet(set: ByteSet, next: number): number {
    const literal = literalOf(set);
    if (literal < 0) return this.emit(BacktrackOp.Set, next, this.setIndex(set));
    if (literal < 0x100) return this.emit(BacktrackOp.Byte, next, literal);
    return this.emit(BacktrackOp.Letter, next, literal & 0xff);
  }

  private compileAlternatives(items: readonly RegexNode[], next: number): number {
    const addresses = items.map((item) => this.compile(item, next));
    return addresses.reduceRight((rest, address) => this.emit(BacktrackOp.Split, address, rest));
  }

  /** A group takes its new text only when it closes: until then references mean the round before. */
  private compileGroup(capture: number, body: RegexNode, next: number): number {
    if (this.noted?.has(capture) === false) return this.compile(body, next);
    const began = this.newRegisters(1);
    const close = this.emit(BacktrackOp.CloseGroup, next, capture, began);
    return this.emit(BacktrackOp.Save, this.compile(body, close), began);
  }

  private compileAtomic(body: RegexNode, next: number): number {
    const height = this.newRegisters(1);
    const end = this.emit(BacktrackOp.AtomicEnd, next, height);
    return this.emit(BacktrackOp.AtomicBegin, this.compile(body, end), height);
  }

  private compileRepeat(node: RepeatNode, next: number): number {
    const { body, min, max } = node;
    if (max === 0) return next;
    if (body.kind === "set") return this.compileRun(node, body.set, next);
    if (node.mode === "possessive") return this.compileAtomic({ ...node, mode: "greedy" }, next);
    if (min === 1 && max === 1) return this.compile(body, next);
    const lazy = node.mode === "lazy";
    if (min === 0 && max === 1) return this.split(this.compile(body, next), next, lazy);
    if (min <= 1 && max === Number.POSITIVE_INFINITY && lengthRange(body).min > 0) {
      const loop = this.split(next, next, lazy);
      const bodyEntry = this.compile(body, loop);
      this.code[loop + (lazy ? 2 : 1)] = bodyEntry;
      return min === 1 ? bodyEntry : loop;
    }
    return this.compileCounted(node, next, lazy);
  }

  private split(body: number, next: number, lazy: boolean): number {
    return lazy
      ? this.emit(BacktrackOp.Split, next, body)
      : this.emit(BacktrackOp.Split, body, next);
  }

  private compileRun(node: RepeatNode, set: ByteSet, next: number): number {
    const { min, max, mode } = node;
    if (min === 1 && max === 1) return this.compileSet(set, next);
    const operation =
      mode === "greedy"
        ? BacktrackOp.RunGreedy
        : mode === "lazy"
          ? BacktrackOp.RunLazy
          : BacktrackOp.RunPossessive;
    const follower = this.code[next] === BacktrackOp.Byte ? this.code[next + 2]! : -1;
    return this.emit(operation, next, this.setIndex(set), min, bound(max), follower);
  }

  private compileCounted(node: RepeatNode, next: number, lazy: boolean): number {
    const register = this.newRegisters(2);
    const operation = lazy ? BacktrackOp.RepeatLazy : BacktrackOp.RepeatGreedy;
    const round = this.emit(BacktrackOp.RepeatRound, 0, register);
    const repeat = this.emit(operation, next, register, node.min, bound(node.max), round);
    this.code[round + 1] = this.compile(node.body, repeat);
    return this.emit(BacktrackOp.RepeatBegin, repeat, register);
  }

  private compileLook(node: LookNode, next: number): number {
    const peeked = node.behind ? undefined : setSequence(node.body);
    if (peeked !== undefined) {
      const first = this.sets.length;
      this.sets.push(...peeked);
      return this.emit(BacktrackOp.Peek, next, first, peeked.length, node.negative ? 0 : 1);
    }
    const registers = this.newRegisters(2);
    if (node.negative) {
      const fail = this.emit(BacktrackOp.LookFail, next, registers);
      return this.emit(BacktrackOp.LookElse, this.compileLookBody(node, fail), registers, next);
    }
    const end = this.emit(BacktrackOp.LookEnd, next, registers);
    return this.emit(BacktrackOp.LookBegin, this.compileLookBody(node, end), registers);
  }

  /** A lookbehind steps back by the length of each alternative, which must be fixed, and looks ahead. */
  private compileLookBody(node: LookNode, next: number): number {
    if (!node.behind) return this.compile(node.body, next);
    const items = node.body.kind === "alternate" ? node.body.items : [node.body];
    const addresses = items.map((item) => {
      const { min, max } = lengthRange(item);
      if (min !== max || max > LOOKBEHIND_LIMIT_BYTES) {
        throw new RegexSyntaxError("a lookbehind must have a fixed length", 0);
      }
      return this.emit(BacktrackOp.StepBack, this.compile(item, next), min);
    });
    return addresses.reduceRight((rest, address) => this.emit(BacktrackOp.Split, address, rest));
  }

  private compileReference(groups: readonly number[], caseless: number, next: number): number {
    return groups
      .map((group) => this.emit(BacktrackOp.BackReference, next, group, caseless))
      .reduceRight((rest, address) => {
        return this.emit(BacktrackOp.IfGroup, address, this.code[address + 2], rest);
      });
  }

  private compileConditional(node: ConditionalNode, next: number): number {
    const yes = this.compile(node.yes, next);
    const no = this.compile(node.no, next);
    const { condition } = node;
    if ("kind" in condition) {
      const registers = this.newRegisters(2);
      const held = this.emit(BacktrackOp.LookEnd, condition.negative ? no : yes, registers);
      const body = this.compileLookBody(condition, held);
      return this.emit(BacktrackOp.LookElse, body, registers, condition.negative ? yes : no);
    }
    return condition.reduceRight(
      (rest, group) => this.emit(BacktrackOp.IfGroup, yes, group, rest),
      no,
    );
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

/** The sets of a body that is nothing but a row of single bytes; undefined for any other. */
function setSequence(node: RegexNode): readonly ByteSet[] | undefined {
  if (node.kind === "set") return [node.set];
  if (node.kind !== "concat") return undefined;
  const sets: ByteSet[] = [];
  for (const item of node.items) {
    if (item.kind !== "set") return undefined;
    sets.push(item.set);
  }
  return sets;
}

function bound(max: number): number {
  return max === Number.POSITIVE_INFINITY ? UNBOUNDED : max;
}
