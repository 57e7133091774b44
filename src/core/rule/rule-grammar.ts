/**
 * Runs the compiled grammar over one text: a nearley parser per rule, tokens cloned per user. Gives the parse
 * in the grammar's own terms (tokens with offsets), or null when there is none; nearley's error messages are
 * not used, because explain-syntax.ts finds all problems of a broken rule, not the first. nearley reports
 * nothing for a text that merely stops too early: no result then.
 */
import nearley from "nearley";
import compiledGrammar from "./grammar.generated.ts";
import { type RuleLexer, type RuleToken, ruleLexer } from "./tokens.ts";

/** A term of an address or port expression: a word, or a list of terms, maybe negated. */
export interface ParsedTerm {
  readonly negation: RuleToken | null;
  readonly word: RuleToken | null;
  readonly items: readonly ParsedTerm[] | null;
  /** First and last token without the negation; null for a list without brackets. */
  readonly first: RuleToken | null;
  readonly last: RuleToken | null;
}

export interface ParsedOption {
  /** Name with its colon, or with its semicolon when there is no value. */
  readonly key: RuleToken;
  /** Value with its semicolon. */
  readonly value: RuleToken | null;
}

export interface ParsedRule {
  readonly action: RuleToken;
  readonly protocol: RuleToken;
  readonly source: ParsedTerm;
  readonly sourcePorts: ParsedTerm;
  readonly direction: RuleToken;
  readonly destination: ParsedTerm;
  readonly destinationPorts: ParsedTerm;
  readonly options: readonly ParsedOption[];
}

// nearley's type declarations want its own lexer; it only calls what RuleLexer has.
const compiled = compiledGrammar as unknown as nearley.CompiledRules;
const ruleStart = nearley.Grammar.fromCompiled(compiled);
const listStart = nearley.Grammar.fromCompiled({ ...compiled, ParserStart: "list" });

export class GrammarParser {
  private readonly lexer = ruleLexer.clone();

  /** All parses of a rule; more than one would be a fault of the grammar. */
  parseAll(text: string): readonly ParsedRule[] {
    return this.run(ruleStart, text) as readonly ParsedRule[];
  }

  parseRule(text: string): ParsedRule | null {
    return this.parseAll(text)[0] ?? null;
  }

  parseList(text: string): ParsedTerm | null {
    return (this.run(listStart, text)[0] as ParsedTerm | undefined) ?? null;
  }

  private run(grammar: nearley.Grammar, text: string): readonly unknown[] {
    const parser = new nearley.Parser(grammar, { lexer: this.lexer as unknown as nearley.Lexer });
    // nearley would walk its whole table to word a message that nobody reads.
    Object.assign(parser, { reportError: noMessage, reportLexerError: noMessage });
    try {
      parser.feed(text);
    } catch {
      return [];
    }
    return parser.results;
  }
}

function noMessage(): string {
  return "syntax error";
}

/** All tokens of `text`, for the explanation of a broken rule. */
export function tokenize(text: string): readonly RuleToken[] {
  const lexer: RuleLexer = ruleLexer.clone().reset(text);
  const tokens: RuleToken[] = [];
  for (let token = lexer.next(); token !== undefined; token = lexer.next()) tokens.push(token);
  return tokens;
}
