/**
 * Says what is wrong with a text that the grammar has no parse for: walks its tokens part by part, as the
 * grammar would, and reports as many problems as it can tell apart. Always finds at least one.
 */
import { checkAction, checkDirection, checkProtocol } from "./rule-header.ts";
import { checkOption, trimRange } from "./rule-options.ts";
import type { Problem } from "./rule-source.ts";
import type { RuleToken } from "./tokens.ts";

class TokenCursor {
  index = 0;
  private readonly tokens: readonly RuleToken[];
  private readonly end: number;

  constructor(tokens: readonly RuleToken[], end: number) {
    this.tokens = tokens;
    this.end = end;
  }

  peek(): RuleToken | undefined {
    return this.tokens[this.index];
  }

  previous(): RuleToken | undefined {
    return this.tokens[this.index - 1];
  }

  take(): RuleToken | undefined {
    return this.tokens[this.index++];
  }

  /** Problem at the next token, or just after the last one. */
  problem(code: string, message: string, hint?: string): Problem {
    const token = this.peek();
    const place = {
      offset: token?.offset ?? this.end,
      length: Math.max(1, token?.value.trimEnd().length ?? 1),
    };
    return { code, message, hint, ...place };
  }
}

/** All problems of a rule that has no parse. */
export function explainRule(tokens: readonly RuleToken[], text: string): readonly Problem[] {
  const cursor = new TokenCursor(tokens, text.trimEnd().length);
  const problems: Problem[] = [];
  const open = tokens.find((token) => token.type === "open");
  const action = tokens[0];
  const actionProblem = action?.type === "word" ? checkAction(action) : null;
  if (actionProblem !== null) problems.push(actionProblem);
  const isRuleLike = actionProblem === null || open !== undefined;
  if (isRuleLike) problems.push(...explainHeader(cursor));
  if (open !== undefined) problems.push(...explainOptions(text, open.offset + open.value.length));
  if (problems.length === 0) problems.push(cursor.problem("syntax-error", "cannot read this rule"));
  return problems;
}

/** The problem of a list that has no parse. */
export function explainList(tokens: readonly RuleToken[], text: string): Problem {
  const cursor = new TokenCursor(tokens, text.length);
  if (tokens.length === 0) return cursor.problem("empty-list", "empty list");
  const problem = skipList(cursor, "list", "a value");
  return (
    problem ??
    cursor.problem(
      "unexpected-text",
      `unexpected "${shorten(cursor.peek()?.value ?? "")}" after "${text}"`,
    )
  );
}

type Part = readonly [name: string, kind: "word" | "arrow" | "addresses" | "ports"];

const PARTS: readonly Part[] = [
  ["an action", "word"],
  ["a protocol", "word"],
  ["source addresses", "addresses"],
  ["source ports", "ports"],
  ["a direction", "arrow"],
  ["destination addresses", "addresses"],
  ["destination ports", "ports"],
];

/** Problems of the header; stops at the first after which the parts cannot be told apart. */
function explainHeader(cursor: TokenCursor): readonly Problem[] {
  const problems: Problem[] = [];
  for (const part of PARTS) {
    const problem = explainPart(cursor, part);
    if (problem === null) continue;
    problems.push(problem);
    if (problem.code !== "unknown-direction" && problem.code !== "bad-protocol") return problems;
  }
  const next = cursor.peek();
  if (next === undefined)
    problems.push(cursor.problem("missing-options", 'rule ends after its header, expected "("'));
  else if (next.type !== "open") problems.push(unexpectedAfterHeader(cursor, next));
  return problems;
}

function explainPart(cursor: TokenCursor, [name, kind]: Part): Problem | null {
  const token = cursor.peek();
  if (token === undefined)
    return cursor.problem("incomplete-header", `rule ends where ${name} should be`);
  if (kind === "word") {
    if (token.type !== "word")
      return cursor.problem(
        "incomplete-header",
        `expected ${name}, found "${shorten(token.value)}"`,
      );
    cursor.take();
    return name === "a protocol" ? checkProtocol(token) : null;
  }
  if (kind === "arrow") return explainArrow(cursor, token);
  if (token.type === "arrow" || token.type === "open") return missingPart(cursor, name, kind);
  return skipList(cursor, name, kind === "ports" ? "a port" : "an address");
}

function missingPart(cursor: TokenCursor, name: string, kind: "addresses" | "ports"): Problem {
  const found = shorten(cursor.peek()?.value ?? "");
  const code = kind === "ports" ? "missing-port" : "missing-address";
  return cursor.problem(code, `expected ${name} before "${found}"`, `write "any" for all ${kind}`);
}

function explainArrow(cursor: TokenCursor, token: RuleToken): Problem | null {
  if (token.type !== "arrow" && token.type !== "word") {
    return cursor.problem(
      "missing-direction",
      `expected a direction, found "${shorten(token.value)}"`,
    );
  }
  cursor.take();
  return checkDirection(token);
}

function unexpectedAfterHeader(cursor: TokenCursor, next: RuleToken): Problem {
  const isOption = /^[a-z0-9_.]+[:;]/i.test(next.value);
  return cursor.problem(
    isOption ? "missing-parenthesis" : "unexpected-text",
    `expected "(" after the header, found "${shorten(next.value)}"`,
    isOption
      ? 'put the options in parentheses: "( ... )"'
      : "a list with spaces needs brackets: [80, 443]",
  );
}

/** Steps over one list; the problem in it, or null. Brackets are counted, not called for. */
function skipList(cursor: TokenCursor, name: string, what: string): Problem | null {
  const brackets: RuleToken[] = [];
  let expectsItem = true;
  for (;;) {
    const token = cursor.peek();
    const isInside = brackets.length > 0;
    if (
      token === undefined ||
      token.type === "open" ||
      (token.type === "arrow" && !expectsItem) ||
      token.type === "error"
    ) {
      if (isInside) return unclosed(brackets[brackets.length - 1]!, name);
      return expectsItem ? cursor.problem("empty-list-item", `expected ${what} in ${name}`) : null;
    }
    const problem = listTokenProblem(cursor, token, { expectsItem, isInside, name, what });
    if (problem === "done") return null;
    if (problem !== null) return problem;
    if (token.type === "leftBracket") brackets.push(token);
    else if (token.type === "rightBracket") brackets.pop();
    expectsItem = token.type === "leftBracket" || token.type === "comma" || token.type === "not";
    cursor.take();
  }
}

interface ListState {
  readonly expectsItem: boolean;
  readonly isInside: boolean;
  readonly name: string;
  readonly what: string;
}

function listTokenProblem(
  cursor: TokenCursor,
  token: RuleToken,
  state: ListState,
): Problem | "done" | null {
  const { expectsItem, isInside, name, what } = state;
  switch (token.type) {
    case "comma":
      return expectsItem
        ? cursor.problem("empty-list-item", `expected ${what} before "," in ${name}`)
        : null;
    case "rightBracket":
      if (!isInside) return cursor.problem("unbalanced-list", `"]" without "[" in ${name}`);
      return expectsItem ? explainEmpty(cursor, name, what) : null;
    case "not":
      return expectsItem
        ? null
        : cursor.problem(
            "misplaced-negation",
            `"!" in the middle of a value in ${name}`,
            'write "!" before the value, the range or the list',
          );
    default: // a word or a left bracket
      if (expectsItem) return null;
      return isInside
        ? cursor.problem(
            "missing-comma",
            `expected "," before "${shorten(token.value)}" in ${name}`,
          )
        : "done";
  }
}

function explainEmpty(cursor: TokenCursor, name: string, what: string): Problem | null {
  const previous = cursor.previous()?.type;
  if (previous === "comma") return null; // a trailing comma is allowed
  if (previous === "leftBracket")
    return cursor.problem("empty-list", `empty list in ${name}`, `write "any" for all`);
  return cursor.problem("empty-list-item", `expected ${what} before "]" in ${name}`);
}

function unclosed(bracket: RuleToken, name: string): Problem {
  return {
    code: "unbalanced-list",
    message: `"[" without "]" in ${name}`,
    offset: bracket.offset,
    length: 1,
  };
}

/** Problems of the options, which start at `start`. */
function explainOptions(text: string, start: number): readonly Problem[] {
  const problems: Problem[] = [];
  let optionCount = 0;
  let position = start;
  for (;;) {
    position = trimRange(text, position, text.length).start;
    if (position === text.length) return [...problems, ...explainEnd(text, optionCount)];
    if (text[position] === ")") {
      if (optionCount === 0) problems.push(at("no-options", "rule has no options", position, 1));
      const rest = /[^\s)]/.exec(text.slice(position));
      if (rest !== null)
        problems.push(
          at(
            "text-after-rule",
            `unexpected text after ")"`,
            position + rest.index,
            1,
            "a rule ends with its closing parenthesis",
          ),
        );
      return problems;
    }
    const end = optionEnd(text, position);
    if (end < 0) return [...problems, explainUnended(text, position)];
    const problem = explainOption(text, position, end);
    if (problem !== null) problems.push(problem);
    optionCount++;
    position = end + 1;
  }
}

function explainEnd(text: string, optionCount: number): readonly Problem[] {
  if (optionCount > 0) return [];
  return [
    at(
      "unterminated-rule",
      'rule ends after "(", expected options',
      Math.max(0, text.trimEnd().length - 1),
      1,
    ),
  ];
}

/** Index of the first semicolon without a backslash before it, or -1. */
function optionEnd(text: string, start: number): number {
  let end = text.indexOf(";", start);
  while (end > start && text[end - 1] === "\\") end = text.indexOf(";", end + 1);
  return end;
}

function explainOption(text: string, start: number, end: number): Problem | null {
  const colon = text.indexOf(":", start);
  const hasValue = colon >= 0 && colon < end;
  const name = trimRange(text, start, hasValue ? colon : end);
  const value = hasValue ? trimRange(text, colon + 1, end) : null;
  return checkOption({
    name: text.slice(name.start, name.end),
    nameOffset: start,
    value: value === null ? null : text.slice(value.start, value.end),
    valueOffset: value === null ? end : value.start,
  });
}

function explainUnended(text: string, start: number): Problem {
  const whole = trimRange(text, start, text.length);
  const name = /^[^:\s)]*/.exec(text.slice(start))?.[0] ?? "";
  if (text[whole.end - 1] === ")") {
    const close = trimRange(text, start, whole.end - 1);
    return at(
      "missing-semicolon",
      `expected ";" after the last option "${shorten(name)}"`,
      close.end,
      1,
      'every option ends with ";"',
    );
  }
  return at(
    "unterminated-rule",
    `rule ends inside the option "${shorten(name)}"`,
    whole.end - 1,
    1,
    'a rule ends with ";)"',
  );
}

function at(code: string, message: string, offset: number, length: number, hint?: string): Problem {
  return { code, message, offset, length, hint };
}

function shorten(text: string): string {
  return text.length <= 40 ? text.trim() : `${text.slice(0, 40)}...`;
}
