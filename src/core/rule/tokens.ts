/**
 * The tokens of the rule language (moo), coarse on purpose: a whole option name with its colon, a whole value
 * with its semicolon. A value runs to the next semicolon that has no backslash before it; quotes do not
 * protect one, as in Suricata, and real rules rely on that. White space is dropped here, so that the grammar
 * never sees it. What fits no token becomes an `error` token with the rest of the rule; nothing throws.
 */
import moo from "moo";

/** A moo token; `offset` counts characters from the start of the text. */
export interface RuleToken {
  readonly type?: string | undefined;
  readonly text: string;
  readonly value: string;
  readonly offset: number;
}

const SPACE = /[ \t\r\n\f\v]+/;

/**
 * header: words are anything but white space, brackets, parentheses, commas and `!`; an arrow stands alone.
 * option: a name up to its colon or semicolon; the closing parentheses count only at the end of the rule.
 * value: up to and with the first semicolon without a backslash before it.
 */
const states: { [state: string]: moo.Rules } = {
  header: {
    space: { match: SPACE, lineBreaks: true },
    open: { match: /\([\s(]*/, lineBreaks: true, next: "option" },
    leftBracket: "[",
    rightBracket: "]",
    comma: ",",
    not: "!",
    arrow: /[-=<>]+(?=\s)/,
    word: /[^\s[\](),!]+/,
    error: moo.error,
  },
  option: {
    space: { match: SPACE, lineBreaks: true },
    close: { match: /\)[\s)]*(?![\s\S])/, lineBreaks: true },
    flag: { match: /[^:;)\s][^:;]*;/, lineBreaks: true },
    key: { match: /[^:;)\s][^:;]*:/, lineBreaks: true, next: "value" },
    error: moo.error,
  },
  value: {
    value: { match: /[^;]*(?:(?<=\\);[^;]*)*(?<!\\);/, lineBreaks: true, next: "option" },
    error: moo.error,
  },
};

/** moo has `clone`, its type declarations do not. */
interface CloneableLexer extends moo.Lexer {
  clone(): CloneableLexer;
}

/** The moo lexer with white space left out, in the form that nearley drives. */
export class RuleLexer {
  private readonly lexer: CloneableLexer;

  constructor(lexer: CloneableLexer = moo.states(states, "header") as CloneableLexer) {
    this.lexer = lexer;
  }

  /** A lexer of its own state over the same compiled tokens. */
  clone(): RuleLexer {
    return new RuleLexer(this.lexer.clone());
  }

  reset(text: string): this {
    this.lexer.reset(text);
    return this;
  }

  next(): RuleToken | undefined {
    let token = this.lexer.next();
    while (token !== undefined && token.type === "space") token = this.lexer.next();
    return token;
  }

  has(type: string): boolean {
    return this.lexer.has(type);
  }

  /** nearley keeps the state between chunks; a rule is one chunk. */
  save(): undefined {
    return undefined;
  }

  formatError(): string {
    return "unexpected token";
  }
}

/** The compiled tokens, for the grammar to name and for parsers to clone; never lexes itself. */
export const ruleLexer = new RuleLexer();
