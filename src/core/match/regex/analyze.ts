/**
 * Facts about a syntax tree that choose the engine and bound a search: lengths, anchoring, whether the
 * pattern is regular.
 */
import { NFA_INSTRUCTION_LIMIT, NFA_REPEAT_COPY_LIMIT } from "./limits.ts";
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

/** NFA instructions the tree needs, about, with each counted repeat written out up to `countMax` times. */
export function expandedSize(node: RegexNode, countMax = Number.POSITIVE_INFINITY): number {
  switch (node.kind) {
    case "concat":
    case "alternate":
      return node.items.reduce((total, item) => total + expandedSize(item, countMax) + 1, 0);
    case "repeat": {
      const copies = node.max === Number.POSITIVE_INFINITY ? Math.max(node.min, 1) : node.max;
      return Math.min(copies, countMax) * (expandedSize(node.body, countMax) + 1) + 1;
    }
    case "group":
      return expandedSize(node.body, countMax) + 2;
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

/** True if a match can end only at the end of the range, or before a newline that is its last byte. */
export function isEndAnchored(node: RegexNode): boolean {
  switch (node.kind) {
    case "assert":
      return node.assertion === Assertion.End || node.assertion === Assertion.SoftEnd;
    case "concat":
      return node.items.length > 0 && isEndAnchored(node.items[node.items.length - 1]!);
    case "alternate":
      return node.items.every(isEndAnchored);
    case "group":
    case "atomic":
      return isEndAnchored(node.body);
    default:
      return false;
  }
}

/** True if the tree is small enough to be run as an NFA: itself, and what its counted repeats add. */
export function fitsNfa(root: RegexNode): boolean {
  const size = expandedSize(root, 1);
  return size <= NFA_INSTRUCTION_LIMIT && expandedSize(root) - size <= NFA_REPEAT_COPY_LIMIT;
}

/** The groups whose text or presence the pattern itself depends on. */
export function referencedGroups(root: RegexNode): ReadonlySet<number> {
  const groups = new Set<number>();
  collectReferences(root, groups);
  return groups;
}

function collectReferences(node: RegexNode, groups: Set<number>): void {
  if (node.kind === "concat" || node.kind === "alternate") {
    for (const item of node.items) collectReferences(item, groups);
  } else if (node.kind === "conditional") {
    if ("kind" in node.condition) collectReferences(node.condition, groups);
    else for (const group of node.condition) groups.add(group);
    collectReferences(node.yes, groups);
    collectReferences(node.no, groups);
  } else if (node.kind === "backreference") {
    for (const group of node.groups) groups.add(group);
  } else if ("body" in node) {
    collectReferences(node.body, groups);
  }
}
