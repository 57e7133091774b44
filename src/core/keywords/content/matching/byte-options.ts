/**
 * What the values of byte_test, byte_jump, byte_extract and byte_math share: flags in any order, numbers as C
 * reads them, masks.
 */

import { latin1ToBytes } from "../../../bytes/latin1.ts";
import type { RetryDemand } from "../../../detect/chain.ts";
import type { RuleDraft } from "../../../detect/rule-draft.ts";
import type { OptionText, TextPiece } from "../../../rule/option-text.ts";
import { BINARY_BYTES_MAX, TEXT_BYTES_MAX } from "./number-field.ts";
import { readNumberText } from "./number-text.ts";
import type { QuantityText } from "./quantity.ts";
import { trailingZeros, Unsigned64 } from "./unsigned64.ts";

export const bases: ReadonlyMap<string, number> = new Map([
  ["dec", 10],
  ["hex", 16],
  ["oct", 8],
]);

/** Name and argument of a part such as `multiplier 4`. */
export interface NamedPart {
  readonly name: string;
  readonly whole: TextPiece;
  readonly argument: TextPiece;
}

export function namedPart(option: OptionText, piece: TextPiece): NamedPart {
  const [name] = option.words(piece);
  if (name === undefined)
    return option.failAt(piece, "missing-value", "nothing between two commas");
  const end = piece.offset + piece.text.length;
  const argument = option.piece(name.offset + name.text.length, end);
  return { name: name.text, whole: piece, argument };
}

/** Refuses a part that is given twice. */
export class PartsSeen {
  private readonly names = new Set<string>();

  add(option: OptionText, { name, whole }: NamedPart): void {
    if (this.names.has(name)) {
      option.failAt(whole, "duplicate-option", `"${name}" is given twice`);
    }
    this.names.add(name);
  }

  has(name: string): boolean {
    return this.names.has(name);
  }
}

/** A whole number in C's notation: 0x for hex, a leading 0 for octal. 64 bits, a sign wraps. */
export function parseCNumber(option: OptionText, piece: TextPiece, name: string): Unsigned64 {
  const bytes = latin1ToBytes(piece.text);
  const value = new Unsigned64();
  const taken = readNumberText(bytes, 0, bytes.length, 0, value);
  if (taken === 0 || taken < bytes.length) {
    option.failAt(piece, "bad-number", `${name} "${piece.text}" is not a number`);
  }
  return value;
}

export interface Bitmask {
  readonly mask: Unsigned64;
  readonly shift: number;
}

export function parseBitmask(option: OptionText, piece: TextPiece, radix: "hex" | "c"): Bitmask {
  const isHex = /^(?:0x)?[0-9a-f]{1,16}$/i.test(piece.text);
  if (radix === "hex" && !isHex) {
    option.failAt(piece, "bad-number", `bitmask "${piece.text}" is not a hex number`);
  }
  const mask = new Unsigned64();
  if (radix === "hex") mask.setBigint(BigInt(`0x${piece.text.replace(/^0x/i, "")}`));
  else {
    const value = parseCNumber(option, piece, "bitmask");
    mask.set(value.high, value.low);
  }
  return { mask, shift: trailingZeros(mask.toBigint()) };
}

/** Applies a mask and moves the masked bits down. */
export function applyBitmask(value: Unsigned64, { mask, shift }: Bitmask): void {
  value.and(mask);
  if (shift > 0) value.shiftRight(shift);
}

export function requireByteCount(
  option: OptionText,
  bytes: QuantityText,
  isText: boolean,
  piece: TextPiece,
): void {
  if (bytes.kind !== "number") return;
  const max = isText ? TEXT_BYTES_MAX : BINARY_BYTES_MAX;
  if (bytes.value > max) {
    option.failAt(
      piece,
      "number-out-of-range",
      `${bytes.value} bytes are more than a number of 64 bits has (${max})`,
    );
  }
}

/** How a relative reader takes part in retries: in the payload Suricata asks the step before it only. */
export function readerDemand(relative: boolean, draft: RuleDraft): RetryDemand {
  if (!relative) return "none";
  return draft.hasSelection ? "place" : "adjacentPlace";
}
