/**
 * One compiled pattern and its engines. A search goes through gates, cheapest first: length, anchoring, a
 * literal that must occur; then the lazy DFA for a regular pattern, the backtracker for any other. The
 * engines are built from the pattern at the first search: most patterns of a rule set never run.
 *
 * @hotpath
 */
import { fitsNfa, isEndAnchored, isRegular, isStartAnchored, lengthRange } from "./analyze.ts";
import { compileBacktrack, type NotedGroups } from "./backtrack-program.ts";
import { Backtracker } from "./backtracker.ts";
import { DFA_NO_MATCH, LazyDfa } from "./dfa.ts";
import {
  BACKTRACK_TRIAL_STEPS,
  REGULAR_BACKTRACK_STEPS,
  THREAD_VM_LIMIT_VISITS,
} from "./limits.ts";
import { compileNfa } from "./nfa.ts";
import { type Modes, parsePattern } from "./parser.ts";
import { createPrefixWindow, type PrefixWindow } from "./prefix-window.ts";
import { relax } from "./relax.ts";
import { LiteralSearch, type RequiredLiteral, requiredLiteral } from "./required-literal.ts";
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
  /** A match can begin only where the search does. */
  private readonly isAnchored: boolean;
  /** Most bytes between the start of a match and the end of the range; Infinity when there is no bound. */
  private readonly endReach: number;
  private ready = false;
  private literal: LiteralSearch | undefined;
  /** Most bytes of a match in front of the literal. */
  private literalReach = 0;
  private window: PrefixWindow | undefined;
  private dfa: LazyDfa | undefined;
  private giveUpCount = 0;
  private backtracker: Backtracker | undefined;
  private groupBacktracker: Backtracker | undefined;
  /** A regular superset of the pattern, asked before a long backtracking search. */
  private preCheck: LazyDfa | undefined;
  private preCheckBuilt = false;
  private boundsVm: ThreadVm | undefined;
  private groupsVm: ThreadVm | undefined;

  /* The last search that matched, for what is computed only when asked. */
  private subject: Uint8Array | undefined;
  private subjectStart = 0;
  private subjectEnd = 0;
  private subjectFrom = 0;
  /** Where the search could begin at the earliest, after its gates. */
  private subjectFirst = 0;
  private matchedByNfa = false;
  private knownStart = -1;

  constructor(source: RegexSource, tree: RegexTree) {
    this.source = source;
    this.groupCount = tree.groupCount;
    this.groupNames = tree.groupNames;
    this.groups = new Int32Array((tree.groupCount + 1) * 2);
    const { min, max } = lengthRange(tree.root);
    this.minLength = min;
    this.endReach = isEndAnchored(tree.root) ? max + 1 : Number.POSITIVE_INFINITY;
    this.startAnchored = isStartAnchored(tree.root);
    this.isAnchored = source.anchored || this.startAnchored;
    this.isLinear = isRegular(tree.root) && fitsNfa(tree.root);
    // A pattern that only the backtracker's compiler can refuse must be refused now, not in traffic.
    if (!this.isLinear) compileBacktrack(tree.root, tree.groupCount, "referenced");
  }

  /**
   * Finds the leftmost match that starts in [from, end]; look-behind, `^` and `\b` see bytes from `start`.
   * Returns MATCH, NO_MATCH or LIMIT. Allocates nothing once the states it meets are built.
   */
  search(bytes: Uint8Array, start: number, end: number, from: number): number {
    if (end - from < this.minLength || (this.startAnchored && from > start)) return NO_MATCH;
    if (!this.ready) this.prepare();
    let first = this.isAnchored ? from : Math.max(from, end - this.endReach);
    if (this.literal !== undefined) {
      const found = this.literal.find(bytes, first, end);
      if (found < 0) return NO_MATCH;
      first = Math.max(first, found - this.literalReach);
    }
    if (this.dfa !== undefined) {
      const matchEnd = this.dfa.search(bytes, start, end, first);
      if (matchEnd === DFA_NO_MATCH) return NO_MATCH;
      if (matchEnd >= 0) {
        this.noteMatch(bytes, start, end, from, first);
        this.matchEnd = matchEnd;
        this.matchedByNfa = true;
        this.knownStart = -1;
        return MATCH;
      }
      if (++this.giveUpCount >= GIVE_UP_MAX) this.dfa = undefined;
    }
    if (this.isLinear) return this.searchWithoutDfa(bytes, start, end, from, first);
    return this.searchBacktracking(bytes, start, end, from, first);
  }

  /** A regular pattern that needs too many DFA states: a short try at backtracking, then thread lists. */
  private searchWithoutDfa(
    bytes: Uint8Array,
    start: number,
    end: number,
    from: number,
    first: number,
  ): number {
    const stepLimit = Math.min(REGULAR_BACKTRACK_STEPS, this.source.stepLimit);
    const result = this.backtrack(bytes, start, end, from, first, stepLimit);
    if (result !== LIMIT) return result;
    this.boundsVm ??= new ThreadVm(this.compileNfa(this.parse().root), 2);
    if (this.boundsVm.instructionCount * (end - first) > THREAD_VM_LIMIT_VISITS) {
      return this.searchBacktracking(bytes, start, end, from, first);
    }
    if (!this.boundsVm.search(bytes, start, end, first, this.groups)) return NO_MATCH;
    this.noteMatch(bytes, start, end, from, first);
    this.matchedByNfa = true;
    this.knownStart = this.groups[0]!;
    this.matchEnd = this.groups[1]!;
    return MATCH;
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
    if (!this.matchedByNfa) {
      this.recapture(this.subject, this.backtracker!.attemptStart);
      return groups;
    }
    this.groupsVm ??= new ThreadVm(this.compileNfa(this.parse().root), groups.length);
    this.groupsVm.search(
      this.subject,
      this.subjectStart,
      this.subjectEnd,
      this.subjectFirst,
      groups,
    );
    return groups;
  }

  /** Runs the last match again with all groups noted; leaves them unset at the step limit. */
  private recapture(subject: Uint8Array, at: number): void {
    this.groupBacktracker ??= this.createBacktracker("all");
    const { slots } = this.groupBacktracker;
    const { subjectStart, subjectEnd, subjectFrom } = this;
    const limit = this.source.stepLimit;
    const result = this.groupBacktracker.search(
      subject,
      subjectStart,
      subjectEnd,
      subjectFrom,
      at,
      at,
      undefined,
      limit,
    );
    if (result === MATCH) for (let i = 0; i < this.groups.length; i++) this.groups[i] = slots[i]!;
  }

  private createBacktracker(notedGroups: NotedGroups): Backtracker {
    return new Backtracker(compileBacktrack(this.parse().root, this.groupCount, notedGroups));
  }

  /** Times a full DFA cache was dropped; grows only under patterns and traffic that need many states. */
  get flushCount(): number {
    return (this.dfa?.flushCount ?? 0) + (this.preCheck?.flushCount ?? 0);
  }

  /** Once a pattern has used up its trial steps, the linear pre-check goes first from then on. */
  private searchBacktracking(
    bytes: Uint8Array,
    start: number,
    end: number,
    from: number,
    first: number,
  ): number {
    const { stepLimit } = this.source;
    let result: number = LIMIT;
    if (!this.preCheckBuilt) {
      result = this.backtrack(
        bytes,
        start,
        end,
        from,
        first,
        Math.min(BACKTRACK_TRIAL_STEPS, stepLimit),
      );
      if (result === LIMIT) this.buildPreCheck();
    }
    if (result === LIMIT) {
      if (this.preCheck?.search(bytes, start, end, first) === DFA_NO_MATCH) return NO_MATCH;
      result = this.backtrack(bytes, start, end, from, first, stepLimit);
    }
    return result;
  }

  private backtrack(
    bytes: Uint8Array,
    start: number,
    end: number,
    from: number,
    first: number,
    stepLimit: number,
  ): number {
    this.backtracker ??= this.createBacktracker("referenced");
    const last = this.isAnchored ? first : end - this.minLength;
    const { backtracker, window } = this;
    const result = backtracker.search(bytes, start, end, from, first, last, window, stepLimit);
    if (result === MATCH) {
      this.noteMatch(bytes, start, end, from, first);
      this.matchedByNfa = false;
      this.knownStart = backtracker.slots[0]!;
      this.matchEnd = backtracker.slots[1]!;
    }
    return result;
  }

  private noteMatch(
    bytes: Uint8Array,
    start: number,
    end: number,
    from: number,
    first: number,
  ): void {
    this.subject = bytes;
    this.subjectStart = start;
    this.subjectEnd = end;
    this.subjectFrom = from;
    this.subjectFirst = first;
  }

  private locateStart(subject: Uint8Array): number {
    this.boundsVm ??= new ThreadVm(this.compileNfa(this.parse().root), 2);
    this.boundsVm.search(
      subject,
      this.subjectStart,
      this.subjectEnd,
      this.subjectFirst,
      this.groups,
    );
    return this.groups[0]!;
  }

  private parse(): RegexTree {
    return parsePattern(this.source.pattern, this.source.modes);
  }

  private compileNfa(root: RegexNode) {
    return compileNfa(root, this.isAnchored);
  }

  /** Builds what a search needs. An anchored pattern fails soonest at its start, so it has no gates. */
  private prepare(): void {
    const { root } = this.parse();
    const regular = this.isLinear ? root : relax(root);
    this.ready = true;
    if (!this.isAnchored) this.useLiteral(requiredLiteral(root));
    if (!fitsNfa(regular)) return;
    const program = this.compileNfa(regular);
    if (!this.isAnchored) this.window = createPrefixWindow(program);
    if (this.isLinear) this.dfa = new LazyDfa(program, this.window, false);
  }

  private useLiteral(literal: RequiredLiteral | undefined): void {
    if (literal === undefined || literal.items.length < LITERAL_LENGTH_MIN) return;
    // At the very start, the window finds it.
    if (literal.bytesBefore === 0) return;
    this.literal = new LiteralSearch(literal);
    this.literalReach = literal.bytesBefore;
  }

  private buildPreCheck(): void {
    const root = relax(this.parse().root);
    this.preCheckBuilt = true;
    if (fitsNfa(root)) this.preCheck = new LazyDfa(this.compileNfa(root), this.window, true);
  }
}

/** Shorter literals reject too little to pay for their search. */
const LITERAL_LENGTH_MIN = 2;
