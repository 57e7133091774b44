/**
 * From the text of a rule file to syntax trees: one call for each rule, one for each problem, never a throw.
 * A bad rule never stops the rest, and as many of its problems as can be told apart are reported.
 */
import { type Diagnostic, RuleError, type Span } from "./diagnostic.ts";
import { explainRule } from "./explain-syntax.ts";
import { toListExpression } from "./list-syntax.ts";
import {
  GrammarParser,
  type ParsedOption,
  type ParsedRule,
  type ParsedTerm,
  tokenize,
} from "./rule-grammar.ts";
import { checkAction, checkDirection, checkProtocol } from "./rule-header.ts";
import { checkOption, trimRange } from "./rule-options.ts";
import { type Problem, type RuleSource, rulesOf, splitRules } from "./rule-source.ts";
import type {
  ListExpression,
  RuleAction,
  RuleDirection,
  RuleOption,
  RuleSyntax,
} from "./syntax-tree.ts";

/** Characters of a rule, continuation lines joined; eight times what Suricata reads. */
export const RULE_LENGTH_MAX = 65_536;

/** Counts of one file, for the summary line. */
export interface RuleFileSummary {
  readonly file: string;
  readonly lineCount: number;
  readonly commentCount: number;
  /** Rules found, and of these the ones with a syntax tree. */
  readonly ruleCount: number;
  readonly parsedCount: number;
}

/** Parses the rules of `text` (latin-1, one character a byte), calling back in the order of the file. */
export function parseRules(
  file: string,
  text: string,
  onRule: (rule: RuleSyntax) => void,
  onDiagnostic: (diagnostic: Diagnostic) => void,
): RuleFileSummary {
  const grammar = new GrammarParser();
  let ruleCount = 0;
  let parsedCount = 0;
  const { lineCount, commentCount } = splitRules(
    file,
    text,
    (source) => {
      ruleCount++;
      const rule = parseRule(grammar, source, onDiagnostic);
      if (rule === null) return;
      parsedCount++;
      onRule(rule);
    },
    onDiagnostic,
  );
  return { file, lineCount, commentCount, ruleCount, parsedCount };
}

/** The same in steps of one rule, for callers that have other work in between. */
export function* parseRulesInSteps(
  file: string,
  text: string,
  onRule: (rule: RuleSyntax) => void,
  onDiagnostic: (diagnostic: Diagnostic) => void,
): Generator<undefined, RuleFileSummary> {
  const grammar = new GrammarParser();
  const sources = rulesOf(file, text, onDiagnostic);
  let ruleCount = 0;
  let parsedCount = 0;
  for (;;) {
    const { done, value } = sources.next();
    if (done === true) return { file, ...value, ruleCount, parsedCount };
    ruleCount++;
    const rule = parseRule(grammar, value, onDiagnostic);
    if (rule !== null) {
      parsedCount++;
      onRule(rule);
    }
    yield;
  }
}

/** The tree of one rule, or null after at least one error or `unsupported` was reported. */
function parseRule(
  grammar: GrammarParser,
  source: RuleSource,
  onDiagnostic: (diagnostic: Diagnostic) => void,
): RuleSyntax | null {
  const { problems, parsed } = parseText(grammar, source.text);
  const options = placeOptions(parsed, source);
  if (parsed !== null) problems.push(...checkParsed(parsed, options));
  problems.sort((a, b) => a.offset - b.offset);
  for (const problem of problems) onDiagnostic(source.diagnostic(problem));
  if (parsed === null || problems.some((problem) => problem.severity !== "warning")) return null;
  try {
    return toSyntax(parsed, options, source);
  } catch (error) {
    if (!(error instanceof RuleError)) throw error;
    onDiagnostic(listDiagnostic(error, source));
    return null;
  }
}

function placeOptions(parsed: ParsedRule | null, source: RuleSource): readonly PlacedOption[] {
  if (parsed === null) return [];
  return parsed.options.map((option) => new PlacedOption(option, parsed.bodyOffset, source));
}

function listDiagnostic(error: RuleError, source: RuleSource): Diagnostic {
  const { code, message } = error;
  const diagnostic = source.diagnostic({ code, message, offset: 0, length: 1 });
  return error.span === undefined ? diagnostic : { ...diagnostic, span: error.span };
}

function parseText(
  grammar: GrammarParser,
  text: string,
): { parsed: ParsedRule | null; problems: Problem[] } {
  if (text.length > RULE_LENGTH_MAX) return { parsed: null, problems: [tooLong(text)] };
  const parsed = grammar.parseRule(text);
  if (parsed !== null) return { parsed, problems: [] };
  // Suricata strips closing parentheses and does not miss them.
  const closed = grammar.parseRule(`${text})`);
  if (closed !== null) return { parsed: closed, problems: [missingParenthesis(text)] };
  return { parsed: null, problems: [...explainRule(tokenize(text), text)] };
}

function tooLong(text: string): Problem {
  return {
    code: "rule-too-long",
    message: `rule of ${text.length} characters, at most ${RULE_LENGTH_MAX} are read`,
    offset: 0,
    length: 1,
  };
}

function missingParenthesis(text: string): Problem {
  return {
    code: "missing-parenthesis",
    severity: "warning",
    message: 'expected ")" at the end of the rule',
    offset: Math.max(0, text.trimEnd().length - 1),
    length: 1,
    hint: "is the rule complete?",
  };
}

/** Options as they stand, and what is wrong with them and the header. */
function checkParsed({ header }: ParsedRule, options: readonly PlacedOption[]): Problem[] {
  const problems: Problem[] = [];
  const note = (problem: Problem | null): void => {
    if (problem !== null) problems.push(problem);
  };
  note(checkAction(header.action));
  note(checkProtocol(header.protocol));
  note(checkDirection(header.direction));
  for (const option of options) note(checkOption(option));
  return problems;
}

/**
 * One option with its place. Spans are made when they are asked for: of half a million options of a large
 * rule set only those with a problem need one.
 */
class PlacedOption implements RuleOption {
  readonly name: string;
  readonly nameOffset: number;
  readonly value: string | null;
  readonly valueOffset: number;
  private readonly source: RuleSource;
  private readonly nameLength: number;

  constructor({ key, value }: ParsedOption, bodyOffset: number, source: RuleSource) {
    const { text } = source;
    this.source = source;
    // Without the colon or semicolon at the end of the token.
    const nameStart = bodyOffset + key.offset;
    const name = trimRange(text, nameStart, nameStart + key.value.length - 1);
    this.name = text.slice(name.start, name.end).toLowerCase();
    this.nameOffset = name.start;
    this.nameLength = name.end - name.start;
    if (value === null) {
      this.value = null;
      this.valueOffset = name.end;
    } else {
      const start = bodyOffset + value.offset;
      const range = trimRange(text, start, start + value.value.length - 1);
      this.value = text.slice(range.start, range.end);
      this.valueOffset = range.start;
    }
  }

  get nameSpan(): Span {
    return this.source.span(this.nameOffset, this.nameLength);
  }

  get valueSpan(): Span {
    return this.source.span(this.valueOffset, this.value?.length ?? 0);
  }
}

function toSyntax(
  parsed: ParsedRule,
  options: readonly PlacedOption[],
  source: RuleSource,
): RuleSyntax {
  const { header } = parsed;
  const { action, protocol, direction } = header;
  const list = (term: ParsedTerm): ListExpression =>
    toListExpression(term, (offset, length) => source.span(offset, length));
  return {
    header: {
      action: action.value.toLowerCase() as RuleAction, // checked before
      actionSpan: source.span(action.offset, action.value.length),
      protocol: protocol.value.toLowerCase(),
      protocolSpan: source.span(protocol.offset, protocol.value.length),
      source: list(header.source),
      sourcePorts: list(header.sourcePorts),
      direction: direction.value as RuleDirection, // checked before
      destination: list(header.destination),
      destinationPorts: list(header.destinationPorts),
    },
    options,
    text: source.text,
    span: source.span(action.offset, source.text.length - action.offset),
  };
}
