/**
 * The tree a pattern is parsed to. Case, dot-all, multi-line, extended and ungreedy modes are resolved by
 * the parser, so that a node means the same wherever it stands.
 */
import type { ByteSet } from "./byte-set.ts";

/** Zero-width conditions on the bytes around a position. */
export const Assertion = {
  /** `\A`, and `^` outside multi-line mode: at the start of the range. */
  Start: 0,
  /** `^` in multi-line mode: also after a newline that is not the last byte. */
  LineStart: 1,
  /** `\z`, and `$` with dollar-end-only: at the end of the range. */
  End: 2,
  /** `\Z` and `$`: also before a newline that is the last byte. */
  SoftEnd: 3,
  /** `$` in multi-line mode: before any newline, and at the end. */
  LineEnd: 4,
  WordBoundary: 5,
  NotWordBoundary: 6,
  /** `\G`: where the search began. */
  SearchStart: 7,
} as const;

export type RepeatMode = "greedy" | "lazy" | "possessive";

export type RegexNode =
  | { readonly kind: "empty" }
  | { readonly kind: "set"; readonly set: ByteSet }
  | { readonly kind: "concat"; readonly items: readonly RegexNode[] }
  | { readonly kind: "alternate"; readonly items: readonly RegexNode[] }
  | RepeatNode
  | { readonly kind: "group"; readonly capture: number; readonly body: RegexNode }
  | { readonly kind: "atomic"; readonly body: RegexNode }
  | { readonly kind: "assert"; readonly assertion: number }
  | LookNode
  | BackReferenceNode
  | ConditionalNode
  /** `\K`: the match is reported as starting here. */
  | { readonly kind: "keep" };

export interface RepeatNode {
  readonly kind: "repeat";
  readonly body: RegexNode;
  readonly min: number;
  /** Infinity when unbounded. */
  readonly max: number;
  readonly mode: RepeatMode;
}

export interface LookNode {
  readonly kind: "look";
  readonly behind: boolean;
  readonly negative: boolean;
  readonly body: RegexNode;
}

export interface BackReferenceNode {
  readonly kind: "backreference";
  /** The first of these groups that is set is meant; more than one only for duplicate names. */
  readonly groups: readonly number[];
  readonly caseless: boolean;
}

export interface ConditionalNode {
  readonly kind: "conditional";
  /** Group numbers of which one must be set, or a look-around. */
  readonly condition: readonly number[] | LookNode;
  readonly yes: RegexNode;
  readonly no: RegexNode;
}

export interface RegexTree {
  readonly root: RegexNode;
  readonly groupCount: number;
  readonly groupNames: ReadonlyMap<string, number>;
}

export const EMPTY_NODE: RegexNode = { kind: "empty" };

/** One node that stands for the alternatives. */
export function alternate(items: readonly RegexNode[]): RegexNode {
  return items.length === 1 ? items[0]! : { kind: "alternate", items };
}
