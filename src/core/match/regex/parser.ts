/**
 * Pattern text to syntax tree, by recursive descent over the syntax of PCRE2 10.42 (pcre2pattern(3)).
 * Group openers are in group-parser.ts. Refused with a clear message: recursion and subroutine calls, callouts, verbs `(*...)`,
 * Unicode properties.
 */
import { allButNewline, allBytes, ByteSet, verticalSpaceBytes } from "./byte-set.ts";
import { parseClass } from "./class-parser.ts";
import { type Escape, parseEscape } from "./escape-parser.ts";
import { parseGroup } from "./group-parser.ts";
import { NESTING_LIMIT, REPEAT_COUNT_LIMIT } from "./limits.ts";
import { PatternCursor } from "./pattern-cursor.ts";
import {
  Assertion,
  alternate,
  EMPTY_NODE,
  type RegexNode,
  type RegexTree,
  type RepeatMode,
} from "./syntax-tree.ts";

/** What inline flags such as `(?i)` change, until the enclosing group ends. */
export interface Modes {
  readonly caseless: boolean;
  readonly dotAll: boolean;
  readonly multiline: boolean;
  readonly extended: boolean;
  readonly extendedMore: boolean;
  readonly ungreedy: boolean;
  readonly plainGroups: boolean;
  readonly dollarEndOnly: boolean;
}

interface PendingReference {
  readonly target: number | string;
  readonly offset: number;
  readonly groups: number[];
}

/** Parses a whole pattern. Throws `RegexSyntaxError`. */
export function parsePattern(pattern: string, modes: Modes): RegexTree {
  return new PatternParser(pattern, modes).parse();
}

export class PatternParser {
  readonly cursor: PatternCursor;
  modes: Modes;
  groupCount = 0;
  duplicateNames = false;
  /** Look-arounds around the cursor: `\K` is refused inside them. */
  lookDepth = 0;
  private readonly names = new Map<string, number[]>();
  private readonly references: PendingReference[] = [];
  private depth = 0;
  private quoting = false;

  constructor(pattern: string, modes: Modes) {
    this.cursor = new PatternCursor(pattern);
    this.modes = modes;
  }

  parse(): RegexTree {
    const root = alternate(this.parseAlternatives(false));
    if (!this.cursor.atEnd) this.cursor.fail('unmatched ")"');
    for (const reference of this.references) this.resolve(reference);
    const groupNames = new Map([...this.names].map(([name, groups]) => [name, groups[0] ?? 0]));
    return { root, groupCount: this.groupCount, groupNames };
  }

  /**
   * Reads up to the closing parenthesis or the end, and leaves the cursor there. Flags set inside end with
   * it. With `resetGroups`, every alternative numbers its groups from the same start (`(?|`).
   */
  parseAlternatives(resetGroups: boolean): readonly RegexNode[] {
    if (++this.depth > NESTING_LIMIT) this.cursor.fail("parentheses are nested too deeply");
    const outer = this.modes;
    const firstGroup = this.groupCount;
    let highestGroup = firstGroup;
    const items: RegexNode[] = [];
    do {
      if (resetGroups) this.groupCount = firstGroup;
      items.push(this.parseSequence());
      highestGroup = Math.max(highestGroup, this.groupCount);
    } while (!this.cursor.atEnd && this.cursor.take("|"));
    this.groupCount = highestGroup;
    this.modes = outer;
    this.depth--;
    return items;
  }

  private parseSequence(): RegexNode {
    const items: RegexNode[] = [];
    for (;;) {
      this.skipIgnored();
      if (this.cursor.atEnd) break;
      if (!this.quoting && (this.cursor.peek() === "|" || this.cursor.peek() === ")")) break;
      const item = this.parseQuantified();
      if (item.kind !== "empty") items.push(item);
    }
    return items.length === 0
      ? EMPTY_NODE
      : items.length === 1
        ? items[0]!
        : { kind: "concat", items };
  }

  /** Steps over what means nothing between items: quote marks, comments, white space in extended mode. */
  private skipIgnored(): void {
    const { cursor } = this;
    while (!cursor.atEnd) {
      if (cursor.take("\\E")) this.quoting = false;
      else if (this.quoting) return;
      else if (cursor.take("\\Q")) this.quoting = true;
      else if (cursor.startsWith("(?#")) this.skipComment();
      else if (!this.modes.extended) return;
      else if (cursor.take("#"))
        cursor.takeWhile((character) => character !== "\n", Number.POSITIVE_INFINITY);
      else if (cursor.takeWhile(isPatternSpace, Number.POSITIVE_INFINITY) === "") return;
    }
  }

  private skipComment(): void {
    const end = this.cursor.pattern.indexOf(")", this.cursor.offset);
    if (end < 0) this.cursor.fail('the comment has no closing ")"');
    this.cursor.offset = end + 1;
  }

  private parseQuantified(): RegexNode {
    const start = this.cursor.offset;
    if (!this.quoting && this.isQuantifier())
      this.cursor.fail("the quantifier has nothing to repeat");
    const atom = this.parseAtom();
    this.skipIgnored();
    if (this.quoting || !this.isQuantifier()) return atom ?? EMPTY_NODE;
    const isBare = this.cursor.pattern.charAt(start) !== "(";
    if (atom === undefined || (isBare && (atom.kind === "assert" || atom.kind === "keep"))) {
      this.cursor.fail("the quantifier has nothing to repeat", start);
    }
    return this.parseQuantifier(atom);
  }

  private isQuantifier(): boolean {
    const character = this.cursor.peek();
    if (character === "*" || character === "+" || character === "?") return true;
    return character === "{" && this.countedRepeat() !== null;
  }

  private countedRepeat(): RegExpExecArray | null {
    COUNTED_REPEAT.lastIndex = this.cursor.offset;
    return COUNTED_REPEAT.exec(this.cursor.pattern);
  }

  private parseQuantifier(body: RegexNode): RegexNode {
    const { cursor } = this;
    const start = cursor.offset;
    let min = 0;
    let max = Number.POSITIVE_INFINITY;
    const character = cursor.peek();
    if (character === "{") {
      const match = this.countedRepeat()!;
      min = Number(match[1]);
      if (match[2] === undefined) max = min;
      else if (match[2] !== ",") max = Number(match[2].slice(1));
      cursor.offset += match[0].length;
    } else {
      cursor.offset++;
      if (character === "+") min = 1;
      if (character === "?") max = 1;
    }
    if (
      min > REPEAT_COUNT_LIMIT ||
      (max !== Number.POSITIVE_INFINITY && max > REPEAT_COUNT_LIMIT)
    ) {
      cursor.fail(`a repeat count is at most ${REPEAT_COUNT_LIMIT}`, start);
    }
    if (max < min) cursor.fail("the numbers of the repeat are out of order", start);
    return makeRepeat(body, min, max, this.parseRepeatMode());
  }

  private parseRepeatMode(): RepeatMode {
    if (this.cursor.take("+")) return "possessive";
    return this.cursor.take("?") !== this.modes.ungreedy ? "lazy" : "greedy";
  }

  /** Reads one item; undefined for what cannot be repeated and stands for nothing, such as `(?i)`. */
  private parseAtom(): RegexNode | undefined {
    const { cursor } = this;
    if (this.quoting) return this.literal(cursor.nextByte());
    const character = cursor.next();
    switch (character) {
      case "\\":
        return this.escapeNode(parseEscape(cursor, this.groupCount));
      case "(":
        return parseGroup(this);
      case "[":
        if (POSIX_OUTSIDE.test(cursor.pattern.slice(cursor.offset, cursor.offset + 64))) {
          cursor.fail("POSIX classes such as [:alpha:] must be inside a class: [[:alpha:]]");
        }
        return { kind: "set", set: parseClass(cursor, this.modes) };
      case ".":
        return { kind: "set", set: this.modes.dotAll ? allBytes() : allButNewline() };
      case "^":
        return {
          kind: "assert",
          assertion: this.modes.multiline ? Assertion.LineStart : Assertion.Start,
        };
      case "$":
        return { kind: "assert", assertion: this.dollarAssertion() };
      default:
        return this.literal(character.charCodeAt(0));
    }
  }

  private dollarAssertion(): number {
    if (this.modes.multiline) return Assertion.LineEnd;
    return this.modes.dollarEndOnly ? Assertion.End : Assertion.SoftEnd;
  }

  private literal(byte: number): RegexNode {
    const set = ByteSet.of(byte);
    return { kind: "set", set: this.modes.caseless ? set.caseFolded() : set };
  }

  private escapeNode(item: Escape): RegexNode {
    switch (item.kind) {
      case "byte":
        return this.literal(item.byte);
      case "keep":
        if (this.lookDepth > 0) this.cursor.fail('"\\K" is not allowed in a look-around');
        return item;
      case "set":
      case "assert":
        return item;
      case "newlineSequence":
        return newlineSequence();
      case "reference":
        return this.reference(item.target, item.offset);
      default:
        return item satisfies never;
    }
  }

  /** A reference, resolved when the whole pattern is read: it may point forward. */
  reference(target: number | string, offset: number): RegexNode {
    return {
      kind: "backreference",
      groups: this.pendingGroups(target, offset),
      caseless: this.modes.caseless,
    };
  }

  /** An array that `parse` fills with the numbers of the groups meant. */
  pendingGroups(target: number | string, offset: number): readonly number[] {
    const groups: number[] = [];
    this.references.push({ target, offset, groups });
    return groups;
  }

  private resolve(reference: PendingReference): void {
    const { target, offset, groups } = reference;
    if (typeof target === "string") groups.push(...(this.names.get(target) ?? []));
    else if (target <= this.groupCount) groups.push(target);
    if (groups.length === 0)
      this.cursor.fail(`reference to a group that does not exist: ${target}`, offset);
  }

  /** Numbers a new capturing group and, when named, enters its name. */
  openGroup(name?: string): number {
    const group = ++this.groupCount;
    if (name !== undefined) {
      const known = this.names.get(name);
      if (known === undefined) this.names.set(name, [group]);
      else if (this.duplicateNames) known.push(group);
      else if (!known.includes(group)) this.cursor.fail(`two groups have the name "${name}"`);
    }
    return group;
  }
}

/** What PCRE takes for a POSIX class whose own brackets were forgotten. */
const POSIX_OUTSIDE = /^([:.=])[^\]\\]*\1\]/;

const COUNTED_REPEAT = /\{(\d+)(,\d*)?\}/y;

function isPatternSpace(character: string): boolean {
  return character === " " || (character >= "\t" && character <= "\r");
}

/** Rounds of a look-around beyond the required ones and one more change nothing. */
function makeRepeat(body: RegexNode, min: number, max: number, mode: RepeatMode): RegexNode {
  const bounded = body.kind === "look" ? Math.min(max, min + 1) : max;
  return { kind: "repeat", body, min, max: bounded, mode };
}

/** `\R`: CR LF or one vertical space, and no going back on it. */
function newlineSequence(): RegexNode {
  const pair: RegexNode = {
    kind: "concat",
    items: [
      { kind: "set", set: ByteSet.of(0x0d) },
      { kind: "set", set: ByteSet.of(0x0a) },
    ],
  };
  const single: RegexNode = { kind: "set", set: verticalSpaceBytes() };
  return { kind: "atomic", body: { kind: "alternate", items: [pair, single] } };
}
