/**
 * Bracketed byte classes (pcre2pattern, "Square brackets and character classes"). The cursor stands behind
 * the opening bracket. Collating elements `[.x.]` and `[=x=]` and word brackets `[[:<:]]` are refused.
 */
import { ByteSet, posixBytes } from "./byte-set.ts";
import { parseClassEscape } from "./escape-parser.ts";
import type { PatternCursor } from "./pattern-cursor.ts";

export interface ClassModes {
  readonly caseless: boolean;
  /** `(?xx)`: spaces and tabs in a class mean nothing. */
  readonly extendedMore: boolean;
}

export function parseClass(cursor: PatternCursor, modes: ClassModes): ByteSet {
  return new ClassParser(cursor, modes).parse();
}

/** The state of one class: the set so far and, while a range is open, its first byte. */
class ClassParser {
  private readonly cursor: PatternCursor;
  private readonly modes: ClassModes;
  private readonly set = new ByteSet();
  private readonly start: number;
  private quoting = false;
  /** The last single byte, which a hyphen may make the start of a range; -1 when there is none. */
  private lastByte = -1;
  private rangeOpen = false;

  constructor(cursor: PatternCursor, modes: ClassModes) {
    this.cursor = cursor;
    this.modes = modes;
    this.start = cursor.offset - 1;
  }

  parse(): ByteSet {
    const { cursor } = this;
    this.skipQuoteEnds();
    const negated = cursor.take("^");
    this.skipQuoteEnds();
    if (cursor.take("]")) this.addByte(0x5d);
    while (this.quoting || cursor.peek() !== "]") {
      if (cursor.atEnd) cursor.fail('the class has no closing "]"', this.start);
      this.parseItem();
    }
    cursor.offset++;
    if (this.rangeOpen) this.set.add(HYPHEN);
    const folded = this.modes.caseless ? this.set.caseFolded() : this.set;
    return negated ? folded.inverted() : folded;
  }

  private skipQuoteEnds(): void {
    while (this.cursor.take("\\E") || this.cursor.take("\\Q\\E"));
  }

  private parseItem(): void {
    const { cursor } = this;
    if (this.quoting) {
      if (cursor.take("\\E")) this.quoting = false;
      else this.addByte(cursor.nextByte());
    } else if (cursor.take("\\E")) {
      return;
    } else if (cursor.take("\\Q")) {
      this.quoting = true;
    } else if (this.modes.extendedMore && (cursor.peek() === " " || cursor.peek() === "\t")) {
      cursor.offset++;
    } else if (cursor.peek() === "[" && this.parsePosix()) {
      return;
    } else if (cursor.take("\\")) {
      this.parseEscaped();
    } else if (cursor.peek() === "-" && this.lastByte >= 0 && !this.rangeOpen) {
      cursor.offset++;
      this.rangeOpen = true;
    } else {
      this.addByte(cursor.nextByte());
    }
  }

  private parseEscaped(): void {
    const item = parseClassEscape(this.cursor);
    if (item.kind === "byte") this.addByte(item.byte);
    else if (item.kind === "set") this.addSet(item.set);
  }

  /** Adds a byte, or closes the open range with it. */
  private addByte(byte: number): void {
    if (!this.rangeOpen) {
      this.set.add(byte);
      this.lastByte = byte;
      return;
    }
    if (byte < this.lastByte) this.cursor.fail("the range in the class is out of order");
    this.set.addRange(this.lastByte, byte);
    this.rangeOpen = false;
    this.lastByte = -1;
  }

  /** A set can be neither end of a range; a hyphen behind it must be the last of the class. */
  private addSet(set: ByteSet): void {
    const { cursor } = this;
    const hyphenAfter = cursor.peek() === "-" && cursor.peek(1) !== "" && cursor.peek(1) !== "]";
    if (this.rangeOpen || hyphenAfter) cursor.fail("a class escape cannot be the end of a range");
    this.set.addSet(set);
    this.lastByte = -1;
  }

  private parsePosix(): boolean {
    const { cursor } = this;
    const match = /^\[([:.=])(\^?)([^\]\\]*?)\1\]/.exec(
      cursor.pattern.slice(cursor.offset, cursor.offset + 64),
    );
    if (match === null) return false;
    const name = match[3] ?? "";
    const anyCase = this.modes.caseless && (name === "lower" || name === "upper");
    const set = match[1] === ":" ? posixBytes(anyCase ? "alpha" : name) : undefined;
    if (set === undefined) return cursor.fail(`unknown or unsupported class "${match[0]}"`);
    cursor.offset += match[0].length;
    this.addSet(match[2] === "^" ? set.inverted() : set);
    return true;
  }
}

const HYPHEN = 0x2d;
