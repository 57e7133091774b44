/**
 * Problems in text that a user wrote (rules, configuration, lists) as plain data. Compiling never throws for
 * a bad rule: it collects these. Rendering for people or as JSON is elsewhere, once.
 */

/** A half-open range of characters on one line of a named text; line and column count from 1. */
export interface Span {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

/**
 * error: the rule is not loaded. unsupported: the rule is valid but needs something that this engine does not
 * have yet, and is not loaded. warning: the rule is loaded.
 */
export type Severity = "error" | "unsupported" | "warning";

export interface Diagnostic {
  /** A key of `diagnosticCodes`, as `unknown-keyword`; listed in docs/reference/diagnostics.md. */
  readonly code: string;
  readonly severity: Severity;
  readonly span: Span;
  /** Lower case, no full stop, names the thing in quotes, says expected and found. */
  readonly message: string;
  readonly hint?: string;
  /** The source line that the span points into, for the caret. */
  readonly source?: string;
  /** The rule's sid where it is known. */
  readonly sid?: number;
  /** The keyword of the option that the problem is in; absent for problems of the header or the whole rule. */
  readonly keyword?: string;
  /** Other places that belong to the problem: the other rule of a pair. */
  readonly related?: readonly Span[];
}

/** What a keyword's parser throws: a problem at a place inside the option's value. Caught by the rule compiler. */
export class RuleError extends Error {
  readonly code: string;
  /** Offset in characters from the start of the option's value; -1 means the whole option. */
  readonly offset: number;
  readonly length: number;
  readonly hint: string | undefined;
  readonly severity: Severity;
  /** Set where the place is outside an option's value (an address list of the header, a variable in it). */
  readonly span: Span | undefined;

  constructor(
    code: string,
    message: string,
    place: {
      offset?: number;
      length?: number;
      hint?: string;
      severity?: Severity;
      span?: Span;
    } = {},
  ) {
    super(message);
    this.code = code;
    this.offset = place.offset ?? -1;
    this.length = place.length ?? 0;
    this.hint = place.hint;
    this.severity = place.severity ?? "error";
    this.span = place.span;
  }
}
