/**
 * Runs the compiled grammar over the header of a rule and reads the options after it. Gives the parse in the
 * grammar's own terms (tokens with offsets), or null when there is none; nearley's error messages are
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

export interface ParsedHeader {
  readonly action: RuleToken;
  readonly protocol: RuleToken;
  readonly source: ParsedTerm;
  readonly sourcePorts: ParsedTerm;
  readonly direction: RuleToken;
  readonly destination: ParsedTerm;
  readonly destinationPorts: ParsedTerm;
}

export interface ParsedRule {
  readonly header: ParsedHeader;
  /** Where the opening parenthesis stands; the tokens of the options count from here. */
  readonly bodyOffset: number;
  readonly options: readonly ParsedOption[];
}

/** Headers remembered by their text: 33,885 real rules have 3,000. All are dropped at the limit. */
const HEADERS_KEPT_MAX = 8192;

// nearley's type declarations want its own lexer; it only calls what RuleLexer has.
const compiled = compiledGrammar as unknown as nearley.CompiledRules;
const headerStart = nearley.Grammar.fromCompiled(compiled);
const listStart = nearley.Grammar.fromCompiled({ ...compiled, ParserStart: "list" });

export class GrammarParser {
  private readonly lexer = ruleLexer.clone();
  private readonly headers = new Map<string, ParsedHeader | null>();

  /** All parses of a header; more than one would be a fault of the grammar. */
  parseHeaders(text: string): readonly ParsedHeader[] {
    return this.run(headerStart, text) as readonly ParsedHeader[];
  }

  parseRule(text: string): ParsedRule | null {
    const bodyOffset = text.indexOf("(");
    if (bodyOffset < 0) return null;
    const header = this.headerOf(text.slice(0, bodyOffset));
    if (header === null) return null;
    const options = this.readOptions(text.slice(bodyOffset));
    return options === null ? null : { header, bodyOffset, options };
  }

  parseList(text: string): ParsedTerm | null {
    return (this.run(listStart, text)[0] as ParsedTerm | undefined) ?? null;
  }

  private headerOf(text: string): ParsedHeader | null {
    const known = this.headers.get(text);
    if (known !== undefined) return known;
    const header = this.parseHeaders(text)[0] ?? null;
    if (this.headers.size >= HEADERS_KEPT_MAX) this.headers.clear();
    this.headers.set(text, header);
    return header;
  }

  /** At least one option between parentheses, and nothing after them; null otherwise. */
  private readOptions(body: string): readonly ParsedOption[] | null {
    const lexer = this.lexer.reset(body);
    if (lexer.next()?.type !== "open") return null;
    const options: ParsedOption[] = [];
    for (let key = lexer.next(); key !== undefined; key = lexer.next()) {
      if (key.type === "close") return options.length > 0 ? options : null;
      if (key.type !== "flag" && key.type !== "key") return null;
      const value = key.type === "key" ? lexer.next() : null;
      if (value === undefined || (value !== null && value.type !== "value")) return null;
      options.push({ key, value });
    }
    return null;
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
