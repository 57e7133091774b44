/**
 * Reads a pattern character by character. A pattern is a latin-1 string: one character is one byte.
 */
import { PATTERN_LENGTH_LIMIT_BYTES } from "./limits.ts";
import { RegexSyntaxError } from "./syntax-error.ts";

/** Invariant: 0 <= offset <= pattern.length. */
export class PatternCursor {
  readonly pattern: string;
  offset = 0;

  constructor(pattern: string) {
    this.pattern = pattern;
    if (pattern.length > PATTERN_LENGTH_LIMIT_BYTES) {
      this.fail(`the pattern is longer than ${PATTERN_LENGTH_LIMIT_BYTES} bytes`, 0);
    }
    for (let i = 0; i < pattern.length; i++) {
      if (pattern.charCodeAt(i) > 0xff) this.fail("the pattern has a character above 255", i);
    }
  }

  get atEnd(): boolean {
    return this.offset >= this.pattern.length;
  }

  /** The character at the cursor, or "" at the end. */
  peek(ahead = 0): string {
    return this.pattern.charAt(this.offset + ahead);
  }

  /** Code of the character at the cursor, or -1 at the end. */
  peekByte(): number {
    return this.atEnd ? -1 : this.pattern.charCodeAt(this.offset);
  }

  next(): string {
    return this.pattern.charAt(this.offset++);
  }

  nextByte(): number {
    return this.pattern.charCodeAt(this.offset++);
  }

  startsWith(text: string): boolean {
    return this.pattern.startsWith(text, this.offset);
  }

  /** Steps over `text` if it comes next. */
  take(text: string): boolean {
    if (!this.startsWith(text)) return false;
    this.offset += text.length;
    return true;
  }

  /** Reads the longest run of up to `limit` characters that `accept` admits. */
  takeWhile(accept: (character: string) => boolean, limit: number): string {
    const start = this.offset;
    while (this.offset - start < limit && !this.atEnd && accept(this.peek())) this.offset++;
    return this.pattern.slice(start, this.offset);
  }

  fail(message: string, offset = this.offset): never {
    throw new RegexSyntaxError(message, Math.min(offset, this.pattern.length));
  }
}

export function isDigit(character: string): boolean {
  return character >= "0" && character <= "9";
}

export function isOctalDigit(character: string): boolean {
  return character >= "0" && character <= "7";
}

export function isHexDigit(character: string): boolean {
  return /^[0-9a-fA-F]$/.test(character);
}

export function isNameCharacter(character: string): boolean {
  return /^[0-9a-zA-Z_]$/.test(character);
}
