/**
 * Backslash escapes (pcre2pattern, "Backslash"). The cursor stands behind the backslash. `\Q..\E` is the
 * business of the callers; Unicode properties, `\X` and subroutine calls are refused.
 */
import {
  allButNewline,
  allBytes,
  type ByteSet,
  digitBytes,
  horizontalSpaceBytes,
  spaceBytes,
  verticalSpaceBytes,
  wordBytes,
} from "./byte-set.ts";
import { GROUP_NAME_LIMIT_BYTES } from "./limits.ts";
import {
  isDigit,
  isHexDigit,
  isNameCharacter,
  isOctalDigit,
  type PatternCursor,
} from "./pattern-cursor.ts";
import { Assertion } from "./syntax-tree.ts";

export type Escape =
  | { readonly kind: "byte"; readonly byte: number }
  | { readonly kind: "set"; readonly set: ByteSet }
  | { readonly kind: "assert"; readonly assertion: number }
  | { readonly kind: "reference"; readonly target: number | string; readonly offset: number }
  | { readonly kind: "newlineSequence" }
  | { readonly kind: "keep" };

const CONTROL_ESCAPES: ReadonlyMap<string, number> = new Map([
  ["a", 0x07],
  ["e", 0x1b],
  ["f", 0x0c],
  ["n", 0x0a],
  ["r", 0x0d],
  ["t", 0x09],
]);

const ASSERTION_ESCAPES: ReadonlyMap<string, number> = new Map([
  ["A", Assertion.Start],
  ["Z", Assertion.SoftEnd],
  ["z", Assertion.End],
  ["G", Assertion.SearchStart],
  ["b", Assertion.WordBoundary],
  ["B", Assertion.NotWordBoundary],
]);

/** Reads an escape outside a class; `groupsSoFar` tells `\12` the reference from `\12` the octal byte. */
export function parseEscape(cursor: PatternCursor, groupsSoFar: number): Escape {
  const character = cursor.peek();
  const assertion = ASSERTION_ESCAPES.get(character);
  if (assertion !== undefined) {
    cursor.offset++;
    return { kind: "assert", assertion };
  }
  switch (character) {
    case "K":
      cursor.offset++;
      return { kind: "keep" };
    case "R":
      cursor.offset++;
      return { kind: "newlineSequence" };
    case "C":
      cursor.offset++;
      return { kind: "set", set: allBytes() };
    case "N":
      if (cursor.startsWith("N{U+")) cursor.fail("\\N{U+...} needs UTF mode, rules match bytes");
      cursor.offset++;
      return { kind: "set", set: allButNewline() };
    case "g":
      return parseGReference(cursor, groupsSoFar);
    case "k":
      return parseKReference(cursor);
    default:
      return isDigit(character) && character !== "0"
        ? parseDigitEscape(cursor, groupsSoFar)
        : parseByteEscape(cursor);
  }
}

/** Reads an escape inside a class, where `\b` is a backspace and digits are always octal. */
export function parseClassEscape(cursor: PatternCursor): Escape {
  const character = cursor.peek();
  if (character === "b") {
    cursor.offset++;
    return { kind: "byte", byte: 0x08 };
  }
  if (character === "N" || character === "R" || character === "B" || character === "X") {
    cursor.fail(`"\\${character}" has no meaning inside a class`);
  }
  if (isOctalDigit(character)) return { kind: "byte", byte: parseOctal(cursor, 3) };
  if (isDigit(character)) return { kind: "byte", byte: cursor.nextByte() };
  return parseByteEscape(cursor);
}

function parseByteEscape(cursor: PatternCursor): Escape {
  const start = cursor.offset;
  if (cursor.atEnd) cursor.fail("the pattern ends with a backslash");
  const character = cursor.next();
  const set = namedSet(character);
  if (set !== undefined) return { kind: "set", set };
  const control = CONTROL_ESCAPES.get(character);
  if (control !== undefined) return { kind: "byte", byte: control };
  switch (character) {
    case "0":
      cursor.offset = start;
      return { kind: "byte", byte: parseOctal(cursor, 3) };
    case "x":
      return { kind: "byte", byte: parseHex(cursor) };
    case "o":
      return { kind: "byte", byte: parseBracedNumber(cursor, "o", 8) };
    case "c":
      return { kind: "byte", byte: parseControl(cursor) };
    case "p":
    case "P":
    case "X":
      return cursor.fail(`"\\${character}" (Unicode) is not supported, rules match bytes`, start);
    default:
      if (/^[a-zA-Z]$/.test(character)) {
        cursor.fail(`unknown escape "\\${character}"; a literal letter needs no backslash`, start);
      }
      return { kind: "byte", byte: character.charCodeAt(0) };
  }
}

/** The set of `\d \h \s \v \w` or, for the capital letter, its complement. */
function namedSet(character: string): ByteSet | undefined {
  const set = lowerNamedSet(character.toLowerCase());
  return set !== undefined && character >= "A" && character <= "Z" ? set.inverted() : set;
}

function lowerNamedSet(character: string): ByteSet | undefined {
  switch (character) {
    case "d":
      return digitBytes();
    case "h":
      return horizontalSpaceBytes();
    case "s":
      return spaceBytes();
    case "v":
      return verticalSpaceBytes();
    case "w":
      return wordBytes();
    default:
      return undefined;
  }
}

function parseOctal(cursor: PatternCursor, digitLimit: number): number {
  const start = cursor.offset;
  return checkByte(cursor, Number.parseInt(cursor.takeWhile(isOctalDigit, digitLimit), 8), start);
}

function parseHex(cursor: PatternCursor): number {
  if (cursor.peek() === "{") return parseBracedNumber(cursor, "x", 16);
  const digits = cursor.takeWhile(isHexDigit, 2);
  return digits === "" ? 0 : Number.parseInt(digits, 16);
}

function parseBracedNumber(cursor: PatternCursor, name: string, radix: 8 | 16): number {
  const start = cursor.offset;
  const accept = radix === 8 ? isOctalDigit : isHexDigit;
  if (!cursor.take("{")) cursor.fail(`"\\${name}" must be followed by "{"`);
  const digits = cursor.takeWhile(accept, 16);
  if (digits === "" || !cursor.take("}")) cursor.fail(`malformed number in "\\${name}{...}"`);
  return checkByte(cursor, Number.parseInt(digits, radix), start);
}

function checkByte(cursor: PatternCursor, value: number, start: number): number {
  if (value > 0xff) cursor.fail("the escape names a character above 255, rules match bytes", start);
  return value;
}

function parseControl(cursor: PatternCursor): number {
  const byte = cursor.atEnd ? -1 : cursor.nextByte();
  if (byte < 0x20 || byte > 0x7e)
    cursor.fail("\\c must be followed by a printable ASCII character");
  const upper = byte >= 0x61 && byte <= 0x7a ? byte - 0x20 : byte;
  return upper ^ 0x40;
}

/** `\N`: a reference below 10, or to a group that exists by now, or starting with 8 or 9; else octal. */
function parseDigitEscape(cursor: PatternCursor, groupsSoFar: number): Escape {
  const start = cursor.offset;
  const first = cursor.peek();
  const number = Number.parseInt(cursor.takeWhile(isDigit, 9), 10);
  if (number < 10 || first >= "8" || number <= groupsSoFar) {
    return { kind: "reference", target: number, offset: start };
  }
  cursor.offset = start;
  return { kind: "byte", byte: parseOctal(cursor, 3) };
}

function parseGReference(cursor: PatternCursor, groupsSoFar: number): Escape {
  const start = cursor.offset++;
  if (cursor.peek() === "<" || cursor.peek() === "'") {
    cursor.fail("subroutine calls are not supported", start);
  }
  const braced = cursor.take("{");
  if (braced && isNameCharacter(cursor.peek()) && !isDigit(cursor.peek())) {
    return { kind: "reference", target: parseGroupName(cursor, "}"), offset: start };
  }
  const sign = cursor.peek() === "-" || cursor.peek() === "+" ? cursor.next() : "";
  const digits = cursor.takeWhile(isDigit, 9);
  if (digits === "" || (braced && !cursor.take("}"))) {
    cursor.fail('"\\g" must be followed by a group number or a name in braces', start);
  }
  const number = Number.parseInt(digits, 10);
  const base =
    sign === "-" ? groupsSoFar + 1 - number : sign === "+" ? groupsSoFar + number : number;
  if (base < 1) cursor.fail("reference to a group that does not exist", start);
  return { kind: "reference", target: base, offset: start };
}

function parseKReference(cursor: PatternCursor): Escape {
  const start = cursor.offset++;
  const opener = cursor.next();
  const closer = opener === "{" ? "}" : opener === "<" ? ">" : opener === "'" ? "'" : "";
  if (closer === "") cursor.fail('"\\k" must be followed by a name in {}, <> or quotes', start);
  return { kind: "reference", target: parseGroupName(cursor, closer), offset: start };
}

/** Reads a group's name and the `closer` behind it. */
export function parseGroupName(cursor: PatternCursor, closer: string): string {
  const start = cursor.offset;
  if (isDigit(cursor.peek())) cursor.fail("a group name must not start with a digit");
  const name = cursor.takeWhile(isNameCharacter, GROUP_NAME_LIMIT_BYTES + 1);
  if (name === "") cursor.fail("a group name was expected");
  if (name.length > GROUP_NAME_LIMIT_BYTES) {
    cursor.fail(`a group name has at most ${GROUP_NAME_LIMIT_BYTES} characters`, start);
  }
  if (!cursor.take(closer)) cursor.fail(`"${closer}" was expected after the group name`);
  return name;
}
