/**
 * What an opening parenthesis begins (pcre2pattern, "Groups" to "Conditional groups"): capturing, named,
 * non-capturing, atomic, branch-reset groups, look-arounds, conditionals, inline flags.
 */
import { parseGroupName } from "./escape-parser.ts";
import type { Modes, PatternParser } from "./parser.ts";
import { isDigit, isNameCharacter } from "./pattern-cursor.ts";
import {
  alternate,
  type ConditionalNode,
  EMPTY_NODE,
  type LookNode,
  type RegexNode,
} from "./syntax-tree.ts";

/** Reads a group whose "(" is consumed; undefined for inline flags, which only change the modes. */
export function parseGroup(parser: PatternParser): RegexNode | undefined {
  const { cursor } = parser;
  const start = cursor.offset - 1;
  if (cursor.peek() === "*") cursor.fail("verbs such as (*UTF8) are not supported", start);
  if (!cursor.take("?")) return parsePlainGroup(parser, start);
  const opener = cursor.peek();
  switch (opener) {
    case ":":
      cursor.offset++;
      return finish(parser, start, false);
    case "|":
      cursor.offset++;
      return finish(parser, start, true);
    case ">":
      cursor.offset++;
      return { kind: "atomic", body: finish(parser, start, false) };
    case "=":
    case "!":
      return parseLook(parser, start);
    case "<":
      if (cursor.peek(1) === "=" || cursor.peek(1) === "!") return parseLook(parser, start);
      cursor.offset++;
      return parseCapture(parser, start, parseGroupName(cursor, ">"));
    case "'":
      cursor.offset++;
      return parseCapture(parser, start, parseGroupName(cursor, "'"));
    case "P":
      return parsePythonGroup(parser, start);
    case "(":
      return parseConditional(parser, start);
    default:
      return parseFlagGroup(parser, start);
  }
}

function parsePlainGroup(parser: PatternParser, start: number): RegexNode {
  return parser.modes.plainGroups ? finish(parser, start, false) : parseCapture(parser, start);
}

function parseCapture(parser: PatternParser, start: number, name?: string): RegexNode {
  const capture = parser.openGroup(name);
  return { kind: "group", capture, body: finish(parser, start, false) };
}

/** Reads the alternatives and the closing parenthesis. */
function finish(parser: PatternParser, start: number, resetGroups: boolean): RegexNode {
  return alternate(finishList(parser, start, resetGroups));
}

function finishList(
  parser: PatternParser,
  start: number,
  resetGroups: boolean,
): readonly RegexNode[] {
  const items = parser.parseAlternatives(resetGroups);
  if (!parser.cursor.take(")")) parser.cursor.fail('the group has no closing ")"', start);
  return items;
}

function parsePythonGroup(parser: PatternParser, start: number): RegexNode {
  const { cursor } = parser;
  cursor.offset++;
  if (cursor.take("<")) return parseCapture(parser, start, parseGroupName(cursor, ">"));
  if (cursor.take("=")) return parser.reference(parseGroupName(cursor, ")"), start);
  if (cursor.peek() === ">") cursor.fail("subroutine calls are not supported", start);
  return cursor.fail('"(?P" must be followed by "<", "=" or ">"', start);
}

function parseLook(parser: PatternParser, start: number): LookNode {
  const { cursor } = parser;
  const behind = cursor.take("<");
  const negative = cursor.next() === "!";
  parser.lookDepth++;
  const body = finish(parser, start, false);
  parser.lookDepth--;
  return { kind: "look", behind, negative, body };
}

function parseConditional(parser: PatternParser, start: number): ConditionalNode {
  const { cursor } = parser;
  cursor.offset++;
  const condition =
    cursor.peek() === "?" ? parseLookCondition(parser) : parseGroupCondition(parser);
  const items = finishList(parser, start, false);
  const [yes, no] = items;
  if (items.length > 2) cursor.fail("a conditional group has at most two alternatives", start);
  return { kind: "conditional", condition, yes: yes ?? EMPTY_NODE, no: no ?? EMPTY_NODE };
}

function parseLookCondition(parser: PatternParser): LookNode {
  const { cursor } = parser;
  const start = cursor.offset - 1;
  cursor.offset++;
  const isLook = /^(?:[=!]|<[=!])/.test(cursor.pattern.slice(cursor.offset, cursor.offset + 2));
  if (!isLook) cursor.fail("a condition must be a group or a look-around", start);
  return parseLook(parser, start);
}

function parseGroupCondition(parser: PatternParser): readonly number[] {
  const { cursor } = parser;
  const start = cursor.offset;
  if (/^(?:R[&\d]*|DEFINE|VERSION[^)]*)\)/.test(cursor.pattern.slice(start))) {
    cursor.fail("conditions on recursion, DEFINE and VERSION are not supported", start);
  }
  const sign = cursor.peek() === "-" || cursor.peek() === "+" ? cursor.next() : "";
  const digits = cursor.takeWhile(isDigit, 9);
  if (digits === "") return parseNameCondition(parser, start);
  const number = Number.parseInt(digits, 10);
  const count = parser.groupCount;
  const target = sign === "-" ? count + 1 - number : sign === "+" ? count + number : number;
  if (!cursor.take(")")) cursor.fail('"(?(" and a number must be followed by ")"');
  if (target < 1) cursor.fail("reference to a group that does not exist", start);
  return parser.pendingGroups(target, start);
}

function parseNameCondition(parser: PatternParser, start: number): readonly number[] {
  const { cursor } = parser;
  const closer = cursor.take("<") ? ">" : cursor.take("'") ? "'" : "";
  const name = closer === "" ? parseGroupName(cursor, ")") : parseGroupName(cursor, closer);
  if (closer !== "" && !cursor.take(")")) cursor.fail('")" was expected after the condition');
  return parser.pendingGroups(name, start);
}

/** `(?i)` for the rest of the enclosing group, or `(?i:...)` for a group of its own. */
function parseFlagGroup(parser: PatternParser, start: number): RegexNode | undefined {
  const { cursor } = parser;
  const outer = parser.modes;
  if (/[R&C0-9]/.test(cursor.peek()) || /^[-+]\d/.test(cursor.peek() + cursor.peek(1))) {
    cursor.fail("recursion, subroutine calls and callouts are not supported", start);
  }
  const modes = parseFlags(parser, start);
  parser.modes = modes;
  if (cursor.take(")")) return undefined;
  if (!cursor.take(":")) cursor.fail('unknown or unfinished group after "(?"', start);
  const body = finish(parser, start, false);
  parser.modes = outer;
  return body;
}

type MutableModes = { -readonly [Key in keyof Modes]: Modes[Key] };

function parseFlags(parser: PatternParser, start: number): Modes {
  const { cursor } = parser;
  const modes: MutableModes = { ...parser.modes };
  let on = true;
  if (cursor.take("^")) applyFlags(modes, "imnsx", false);
  while (isNameCharacter(cursor.peek()) || cursor.peek() === "-") {
    const flag = cursor.take("xx") ? "xx" : cursor.next();
    if (flag === "-" && on) on = false;
    else if (flag === "J") parser.duplicateNames = on;
    else if (!applyFlags(modes, flag, on)) cursor.fail(`unknown inline flag "${flag}"`, start);
  }
  return modes;
}

/** Sets the flags named; false for an unknown one. */
function applyFlags(modes: MutableModes, flags: string, on: boolean): boolean {
  for (const flag of flags) {
    if (flag === "i") modes.caseless = on;
    else if (flag === "m") modes.multiline = on;
    else if (flag === "s") modes.dotAll = on;
    else if (flag === "n") modes.plainGroups = on;
    else if (flag === "U") modes.ungreedy = on;
    else if (flag === "x") {
      modes.extended = on;
      modes.extendedMore = on && flags === "xx";
    } else return false;
  }
  return true;
}
