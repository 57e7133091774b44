/**
 * One compiled pattern and its engines. A search goes through gates, cheapest first: length, anchoring, a
 * literal that must occur; then the lazy DFA for a regular pattern, the backtracker for any other. The
 * engines are built from the pattern at the first search: most patterns of a rule set never run.
 *
 * @hotpath
 */
import {
  expandedSize,
  firstByteTable,
  isRegular,
  isStartAnchored,
  lengthRange,
} from "./analyze.ts";
import { compileBacktrack } from "./backtrack-program.ts";
import { Backtracker } from "./backtracker.ts";
import { DFA_NO_MATCH, LazyDfa } from "./dfa.ts";
import { BACKTRACK_TRIAL_STEPS, NFA_INSTRUCTION_LIMIT } from "./limits.ts";
import { compileNfa } from "./nfa.ts";
import { type Modes, parsePattern } from "./parser.ts";
import { relax } from "./relax.ts";
import { LiteralSearch, requiredLiteral } from "./required-literal.ts";
import { LIMIT, MATCH, NO_MATCH } from "./result.ts";
import type { RegexNode, RegexTree } from "./syntax-tree.ts";
import { ThreadVm } from "./thread-vm.ts";

/** What a pattern needs to be compiled again. */
export interface RegexSource {
  readonly pattern: string;
  readonly modes: Modes;
  /** The match must begin where the search does. */
  readonly anchored: boolean;
  /** Steps of one search on the backtracker. */
  readonly stepLimit: number;
}

/** DFA give-ups after which a pattern is left to the backtracker. */
const GIVE_UP_MAX = 4;

export class Regex {
  readonly groupCount: number;
  readonly groupNames: ReadonlyMap<string, number>;
  /** True if the pattern runs on the DFA, in linear time. */
  readonly isLinear: boolean;
  /** Offset behind the last byte of the match; valid after MATCH. */
  matchEnd = -1;
  /** After `captures`: start and end of group n at 2n and 2n + 1, -1 if it is not set. Group 0 is the match. */
  readonly groups: Int32Array;

  private readonly source: RegexSource;
  private readonly minLength: number;
  private readonly startAnchored: boolean;
  private ready = false;
  private literal: LiteralSearch | undefined;
  /** Most bytes of a match in front of the literal. */
  private literalReach = 0;
  private firstBytes: Uint8Array | undefined;
  private dfa: LazyDfa | undefined;
  private giveUpCount = 0;
  private backtracker: Backtracker | undefined;
  /** A regular superset of the pattern, asked before a long backtracking search. */
  private preCheck: LazyDfa | undefined;
  private preCheckBuilt = false;
  private boundsVm: ThreadVm | undefined;
  private groupsVm: ThreadVm | undefined;

  /* The last search that matched, for what is computed only when asked. */
  private subject: Uint8Array | undefined;
  private subjectStart = 0;
  private subjectEnd = 0;
  private searchedFrom = 0;
  private matchedByDfa = false;
  private knownStart = -1;

  constructor(source: RegexSource, tree: RegexTree) {
    this.source = source;
    this.groupCount = tree.groupCount;
    this.groupNames = tree.groupNames;
    this.groups = new Int32Array((tree.groupCount + 1) * 2);
    this.minLength = lengthRange(tree.root).min;
    this.startAnchored = isStartAnchored(tree.root);
    this.isLinear = isRegular(tree.root) && expandedSize(tree.root) <= NFA_INSTRUCTION_LIMIT;
    // A pattern that only the backtracker's compiler can refuse must be refused now, not in traffic.
    if (!this.isLinear) compileBacktrack(tree.root, tree.groupCount);
  }

  /**
   * Finds the leftmost match that starts in [from, end]; look-behind, `^` and `\b` see bytes from `start`.
   * Returns MATCH, NO_MATCH or LIMIT. Allocates nothing once the states it meets are built.
   */
  search(bytes: Uint8Array, start: number, end: number, from: number): number {
    if (end - from < this.minLength || (this.startAnchored && from > start)) return NO_MATCH;
    if (!this.ready) this.prepare();
    let first = from;
    if (this.literal !== undefined) {
      const found = this.literal.find(bytes, from, end);
      if (found < 0) return NO_MATCH;
      const earliest = found - this.literalReach;
      if (earliest > from) {
        if (this.source.anchored || this.startAnchored) return NO_MATCH;
        first = earliest;
      }
    }
    if (this.dfa !== undefined) {
      const matchEnd = this.dfa.search(bytes, start, end, first);
      if (matchEnd === DFA_NO_MATCH) return NO_MATCH;
      if (matchEnd >= 0) {
        this.noteMatch(bytes, start, end, first);
        this.matchEnd = matchEnd;
        this.matchedByDfa = true;
        this.knownStart = -1;
        return MATCH;
      }
      if (++this.giveUpCount >= GIVE_UP_MAX) this.dfa = undefined;
    }
    return this.searchBacktracking(bytes, start, end, from, first);
  }

  /** Offset of the first byte of the match; valid after MATCH while the bytes searched are unchanged. */
  get matchStart(): number {
    if (this.knownStart < 0 && this.subject !== undefined)
      this.knownStart = this.locateStart(this.subject);
    return this.knownStart;
  }

  /** Fills and returns `groups` for the last match; valid while the bytes searched are unchanged. */
  captures(): Int32Array {
    const { groups } = this;
    groups.fill(-1);
    if (this.subject === undefined) return groups;
    if (!this.matchedByDfa) {
      const slots = this.backtracker!.slots;
      for (let i = 0; i < groups.length; i++) groups[i] = slots[i]!;
      return groups;
    }
    this.groupsVm ??= new ThreadVm(this.compileNfa(this.parse().root), groups.length);
    this.groupsVm.search(
      this.subject,
      this.subjectStart,
      this.subjectEnd,
      this.searchedFrom,
      groups,
    );
    return groups;
  }

  /** Times a full DFA cache was dropped; grows only under patterns and traffic that need many states. */
  get flushCount(): number {
    return (this.dfa?.flushCount ?? 0) + (this.preCheck?.flushCount ?? 0);
  }

  private searchBacktracking(
    bytes: Uint8Array,
    start: number,
    end: number,
    from: number,
    first: number,
  ): number {
    this.backtracker ??= new Backtracker(compileBacktrack(this.parse().root, this.groupCount));
    const { backtracker, firstBytes } = this;
    const { stepLimit } = this.source;
    const last = this.source.anchored || this.startAnchored ? first : end - this.minLength;
    const trialSteps = Math.min(BACKTRACK_TRIAL_STEPS, stepLimit);
    let result = backtracker.search(bytes, start, end, from, first, last, firstBytes, trialSteps);
    if (result === LIMIT && trialSteps < stepLimit) {
      if (!this.preCheckBuilt) this.buildPreCheck();
      if (this.preCheck?.search(bytes, start, end, first) === DFA_NO_MATCH) return NO_MATCH;
      result = backtracker.search(bytes, start, end, from, first, last, firstBytes, stepLimit);
    }
    if (result === MATCH) {
      this.noteMatch(bytes, start, end, first);
      this.matchedByDfa = false;
      this.knownStart = backtracker.slots[0]!;
      this.matchEnd = backtracker.slots[1]!;
    }
    return result;
  }

  private noteMatch(bytes: Uint8Array, start: number, end: number, first: number): void {
    this.subject = bytes;
    this.subjectStart = start;
    this.subjectEnd = end;
    this.searchedFrom = first;
  }

  private locateStart(subject: Uint8Array): number {
    this.boundsVm ??= new ThreadVm(this.compileNfa(this.parse().root), 2);
    this.boundsVm.search(
      subject,
      this.subjectStart,
      this.subjectEnd,
      this.searchedFrom,
      this.groups,
    );
    return this.groups[0]!;
  }

  private parse(): RegexTree {
    return parsePattern(this.source.pattern, this.source.modes);
  }

  private compileNfa(root: RegexNode) {
    return compileNfa(root, this.source.anchored || this.startAnchored);
  }

  private prepare(): void {
    const { root } = this.parse();
    const literal = requiredLiteral(root);
    this.ready = true;
    this.firstBytes = firstByteTable(root);
    if (literal !== undefined && literal.items.length >= LITERAL_LENGTH_MIN) {
      this.literal = new LiteralSearch(literal);
      this.literalReach = literal.bytesBefore;
    }
    if (this.isLinear) this.dfa = new LazyDfa(this.compileNfa(root), this.firstBytes, false);
  }

  private buildPreCheck(): void {
    const root = relax(this.parse().root);
    this.preCheckBuilt = true;
    if (expandedSize(root) > NFA_INSTRUCTION_LIMIT) return;
    this.preCheck = new LazyDfa(this.compileNfa(root), firstByteTable(root), true);
  }
}

/** Shorter literals reject too little to pay for their search. */
const LITERAL_LENGTH_MIN = 2;
