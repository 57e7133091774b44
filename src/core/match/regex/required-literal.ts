/**
 * Finds a string that every match of a pattern contains, and searches for it: most payloads lack it, so
 * most searches end here. Horspool's method: on a mismatch step by the distance of the window's last byte.
 *
 * @hotpath
 */
import { lengthRange } from "./analyze.ts";
import { literalOf } from "./byte-set.ts";
import type { RegexNode, RepeatNode } from "./syntax-tree.ts";

/** A string that every match contains. */
export interface RequiredLiteral {
  /** A byte, or `0x100 |` the lower-case letter when both cases will do. */
  readonly items: readonly number[];
  /** Most bytes of a match in front of the literal; Infinity when there is no bound. */
  readonly bytesBefore: number;
}

const LITERAL_LENGTH_MAX = 32;

/** The longest literal that no match can be without; undefined when there is none. */
export function requiredLiteral(root: RegexNode): RequiredLiteral | undefined {
  const finder = new LiteralFinder();
  finder.walk(root);
  finder.endRun();
  return finder.best;
}

class LiteralFinder {
  best: RequiredLiteral | undefined;
  private run: number[] = [];
  private runBefore = 0;
  private before = 0;

  /** Visits what a match must pass through, in order. */
  walk(node: RegexNode): void {
    if (node.kind === "concat") for (const item of node.items) this.walk(item);
    else if (node.kind === "group" || node.kind === "atomic") this.walk(node.body);
    else if (node.kind === "set") this.walkSet(literalOf(node.set));
    else if (node.kind === "repeat" && node.min > 0) this.walkRepeat(node);
    else if (lengthRange(node).max > 0) this.skip(lengthRange(node).max);
  }

  private walkSet(literal: number): void {
    if (literal < 0) {
      this.skip(1);
      return;
    }
    if (this.run.length === 0) this.runBefore = this.before;
    this.run.push(literal);
    this.before++;
  }

  /** One round is certain; what the others add is only length. */
  private walkRepeat(node: RepeatNode): void {
    const rounds = Math.min(node.min, LITERAL_LENGTH_MAX);
    if (node.body.kind === "set") for (let i = 0; i < rounds; i++) this.walk(node.body);
    else this.walk(node.body);
    const counted = node.body.kind === "set" ? rounds : 1;
    if (node.max > counted) this.skip(lengthRange(node.body).max * (node.max - counted));
  }

  private skip(length: number): void {
    this.endRun();
    this.before += length;
  }

  endRun(): void {
    const items = this.run.slice(0, LITERAL_LENGTH_MAX);
    if (items.length > (this.best?.items.length ?? 0))
      this.best = { items, bytesBefore: this.runBefore };
    this.run = [];
  }
}

/** Searches for one required literal, letters in both cases where the pattern says so. */
export class LiteralSearch {
  private readonly bytes: Uint8Array;
  /** 0x20 at letters that match in both cases, else 0: `byte | mask` is compared. */
  private readonly masks: Uint8Array;
  /** How far the window may move when it ends in this byte; 0 for a byte that may be the last. */
  private readonly steps = new Uint8Array(256);

  constructor(literal: RequiredLiteral) {
    this.bytes = Uint8Array.from(literal.items, (item) => item & 0xff);
    this.masks = Uint8Array.from(literal.items, (item) => (item > 0xff ? 0x20 : 0));
    const last = literal.items.length - 1;
    this.steps.fill(literal.items.length);
    for (let i = 0; i <= last; i++) {
      this.steps[this.bytes[i]!] = last - i;
      if (this.masks[i] !== 0) this.steps[this.bytes[i]! & 0xdf] = last - i;
    }
  }

  /** Offset of the first occurrence inside [from, end), or -1. */
  find(haystack: Uint8Array, from: number, end: number): number {
    const { bytes, masks, steps } = this;
    const last = bytes.length - 1;
    let position = from + last;
    while (position < end) {
      const step = steps[haystack[position]!]!;
      if (step !== 0) {
        position += step;
        continue;
      }
      let i = 0;
      while (i < last && (haystack[position - last + i]! | masks[i]!) === bytes[i]!) i++;
      if (i === last) return position - last;
      position++;
    }
    return -1;
  }
}
