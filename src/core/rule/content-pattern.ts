/**
 * The pattern of `content` and of its relatives: text with `|hex hex|` parts and the escapes `\"`, `\;`,
 * `\:` and `\\`, in quotes, maybe negated. A colon needs no escape, a quote does.
 */
import { OptionText, type TextPiece } from "./option-text.ts";

export interface ContentPattern {
  readonly bytes: Uint8Array;
  readonly negated: boolean;
}

/** Parses a quoted pattern. Throws RuleError with an offset into the value. */
export function parseContentPattern(value: OptionText | string): ContentPattern {
  const option = typeof value === "string" ? new OptionText("content", value) : value;
  const quoted = option.quoted({ quotes: "optional", negation: "allowed" });
  return { bytes: parsePatternText(option, quoted), negated: quoted.negated };
}

/** Parses the pattern of a piece that is already out of its quotes. */
export function parsePatternText(option: OptionText, piece: TextPiece): Uint8Array {
  const { text, offset } = piece;
  const bytes: number[] = [];
  let index = 0;
  while (index < text.length) {
    const character = text[index]!;
    if (character === "|") index = parseHex(option, piece, index, bytes);
    else if (character === "\\") {
      bytes.push(escapedByte(option, piece, index));
      index += 2;
    } else {
      if (character === '"') {
        option.fail("bad-escape", "a double quote inside a pattern needs a backslash", {
          offset: offset + index,
          length: 1,
          hint: 'write "\\"" or "|22|"',
        });
      }
      bytes.push(text.charCodeAt(index) & 0xff);
      index++;
    }
  }
  if (bytes.length === 0) option.failAt(piece, "empty-pattern", "pattern is empty");
  return Uint8Array.from(bytes);
}

function escapedByte(option: OptionText, { text, offset }: TextPiece, index: number): number {
  const escaped = text[index + 1];
  if (escaped !== undefined && ':;\\"'.includes(escaped)) return escaped.charCodeAt(0);
  const found = escaped === undefined ? "at the end of the pattern" : `before "${escaped}"`;
  return option.fail("bad-escape", `backslash ${found}`, {
    offset: offset + index,
    length: escaped === undefined ? 1 : 2,
    hint: 'a backslash may stand before " ; : and \\ only; write "|5c|" for one alone',
  });
}

/** Reads the hex part that opens at `start`; the index after its closing pipe. */
function parseHex(
  option: OptionText,
  { text, offset }: TextPiece,
  start: number,
  bytes: number[],
): number {
  const end = text.indexOf("|", start + 1);
  if (end < 0) {
    option.fail("unterminated-hex", 'hex part without a closing "|"', {
      offset: offset + start,
      length: 1,
    });
  }
  let high = -1;
  for (let index = start + 1; index < end; index++) {
    const character = text[index]!;
    if (character === " ") continue;
    const digit = Number.parseInt(character, 16);
    if (Number.isNaN(digit)) {
      option.fail("bad-hex", `"${character}" is not a hex digit`, {
        offset: offset + index,
        length: 1,
      });
    }
    if (high < 0) high = digit;
    else {
      bytes.push(high * 16 + digit);
      high = -1;
    }
  }
  if (high >= 0) {
    option.fail("odd-hex", "hex part has an odd number of digits", {
      offset: offset + start,
      length: end + 1 - start,
      hint: "write two digits a byte",
    });
  }
  return end + 1;
}
