/**
 * The one error of the regex compiler: a pattern is a user's text, and the rule keyword that owns it turns
 * this into a diagnostic with a span.
 */
export class RegexSyntaxError extends Error {
  /** Offset in the pattern, in bytes, where the trouble was seen. */
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.name = "RegexSyntaxError";
    this.offset = offset;
  }
}
