/**
 * Facts about a syntax tree that choose the engine and bound a search: lengths, anchoring, whether the
 * pattern is regular, first bytes.
 */
import { allBytes, ByteSet } from "./byte-set.ts";
import { Assertion, type RegexNode, type RepeatNode } from "./syntax-tree.ts";

/** Fewest and most bytes a node can consume; `max` is Infinity when there is no bound. */
export interface LengthRange {
  readonly min: number;
  readonly max: number;
}

const ZERO_LENGTH: LengthRange = { min: 0, max: 0 };
const ANY_LENGTH: LengthRange = { min: 0, max: Number.POSITIVE_INFINITY };

export function lengthRange(node: RegexNode): LengthRange {
  switch (node.kind) {
    case "set":
      return { min: 1, max: 1 };
    case "concat":
      return node.items.map(lengthRange).reduce(sum, ZERO_LENGTH);
    case "alternate":
      return node.items.map(lengthRange).reduce(span);
    case "repeat":
      return repeatRange(node);
    case "group":
    case "atomic":
      return lengthRange(node.body);
    case "conditional":
      return span(lengthRange(node.yes), lengthRange(node.no));
    case "backreference":
      return ANY_LENGTH;
    case "empty":
    case "assert":
    case "look":
    case "keep":
      return ZERO_LENGTH;
    default:
      return node satisfies never;
  }
}

function repeatRange(node: RepeatNode): LengthRange {
  const body = lengthRange(node.body);
  return {
    min: body.min * node.min,
    max: body.max === 0 ? 0 : node.max === 0 ? 0 : body.max * node.max,
  };
}

function sum(a: LengthRange, b: LengthRange): LengthRange {
  return { min: a.min + b.min, max: a.max + b.max };
}

function span(a: LengthRange, b: LengthRange): LengthRange {
  return { min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) };
}

/**
 * True if thread lists over an NFA find exactly what backtracking finds. An unbounded repeat of something
 * that may be empty is left to the backtracker: PCRE stops such a loop after an empty round, an order of
 * preference that a set of states visited once cannot express.
 */
export function isRegular(node: RegexNode): boolean {
  switch (node.kind) {
    case "empty":
    case "set":
      return true;
    case "assert":
      return node.assertion !== Assertion.SearchStart;
    case "concat":
    case "alternate":
      return node.items.every(isRegular);
    case "group":
      return isRegular(node.body);
    case "repeat":
      return isRegularRepeat(node);
    default:
      return false;
  }
}

function isRegularRepeat(node: RepeatNode): boolean {
  if (node.mode === "possessive" && (node.min !== node.max || node.body.kind !== "set"))
    return false;
  if (node.max === Number.POSITIVE_INFINITY && lengthRange(node.body).min === 0) return false;
  return isRegular(node.body);
}

/** NFA instructions the tree needs once its counted repeats are written out. */
export function expandedSize(node: RegexNode): number {
  switch (node.kind) {
    case "concat":
    case "alternate":
      return node.items.reduce((total, item) => total + expandedSize(item) + 1, 0);
    case "repeat": {
      const copies = node.max === Number.POSITIVE_INFINITY ? Math.max(node.min, 1) : node.max;
      return copies * (expandedSize(node.body) + 1) + 1;
    }
    case "group":
      return expandedSize(node.body) + 2;
    default:
      return 1;
  }
}

/** True if a match can begin only at the start of the range. */
export function isStartAnchored(node: RegexNode): boolean {
  switch (node.kind) {
    case "assert":
      return node.assertion === Assertion.Start;
    case "concat":
      return node.items.length > 0 && isStartAnchored(node.items[0]!);
    case "alternate":
      return node.items.every(isStartAnchored);
    case "group":
    case "atomic":
      return isStartAnchored(node.body);
    case "repeat":
      return node.min > 0 && isStartAnchored(node.body);
    default:
      return false;
  }
}

/** Sets of more bytes than this are not skipped to: walking the engine's table is as fast. */
const FIRST_BYTES_MAX = 48;

/** A table with 1 for each byte that can begin a match; undefined when an empty match or most bytes can. */
export function firstByteTable(root: RegexNode): Uint8Array | undefined {
  const set = new ByteSet();
  if (collectFirstBytes(root, set) || set.size > FIRST_BYTES_MAX) return undefined;
  return Uint8Array.from({ length: 256 }, (_, byte) => (set.has(byte) ? 1 : 0));
}

/** Adds the first bytes of `node` to `set`; true if it can match without consuming any. */
function collectFirstBytes(node: RegexNode, set: ByteSet): boolean {
  switch (node.kind) {
    case "set":
      set.addSet(node.set);
      return false;
    case "concat":
      return node.items.every((item) => collectFirstBytes(item, set));
    case "alternate":
      return node.items.map((item) => collectFirstBytes(item, set)).includes(true);
    case "repeat":
      return node.max === 0 || collectFirstBytes(node.body, set) || node.min === 0;
    case "group":
    case "atomic":
      return collectFirstBytes(node.body, set);
    case "conditional": {
      const yes = collectFirstBytes(node.yes, set);
      return collectFirstBytes(node.no, set) || yes;
    }
    case "backreference":
      set.addSet(allBytes());
      return true;
    default:
      return true;
  }
}
