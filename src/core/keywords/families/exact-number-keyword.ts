/**
 * The shape of keywords that take one number and compare it for equality (id, tos, window ...): no ranges, no
 * operators beside `!` where the keyword allows it. A packet without the field never matches.
 */
import { Check } from "../../detect/check.ts";
import type { DetectionContext } from "../../detect/detection-context.ts";
import { defineKeyword, type Example, type Keyword } from "../../detect/keyword.ts";
import type { Packet } from "../../layers/packet.ts";
import type { OptionText, TextPiece } from "../../rule/option-text.ts";

export interface ExactNumberKeywordSpec {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly family: string;
  readonly summary: string;
  readonly last: number;
  /** `!` before the number. */
  readonly negation?: "allowed";
  /** Hexadecimal after an x, as `x10`. */
  readonly hexadecimal?: "allowed";
  readonly prefilter?: boolean;
  readonly examples: readonly Example[];
  /** The field as an unsigned number, or -1 where the packet has none. */
  readonly read: (packet: Packet) => number;
}

interface ExactNumber {
  readonly number: number;
  readonly negated: boolean;
}

export function exactNumberKeyword(spec: ExactNumberKeywordSpec): Keyword {
  const { name, read } = spec;
  const run = ({ packet }: DetectionContext, { number, negated }: ExactNumber): boolean => {
    const value = read(packet);
    return value >= 0 && (value === number) !== negated;
  };
  return defineKeyword<ExactNumber>({
    name,
    ...(spec.aliases && { aliases: spec.aliases }),
    family: spec.family,
    summary: spec.summary,
    syntax: `${name}:${spec.negation ? "[!]" : ""}N`,
    since: "<=7.0",
    argument: "required",
    examples: spec.examples,
    parse(option) {
      const text = option.quoted({ quotes: "optional" });
      const negated = spec.negation === "allowed" && text.text.startsWith("!");
      const piece = negated ? option.piece(text.offset + 1, text.offset + text.text.length) : text;
      return { number: parseNumber(option, piece, spec), negated };
    },
    compile(value, draft) {
      draft.requirePacket = true;
      draft.addPacketCheck(Check.of(name, value, run), { prefilter: spec.prefilter ?? false });
    },
  });
}

function parseNumber(option: OptionText, piece: TextPiece, spec: ExactNumberKeywordSpec): number {
  const hex = spec.hexadecimal && /^x([0-9a-f]{1,8})$/i.exec(piece.text);
  if (hex) {
    const number = Number.parseInt(hex[1]!, 16);
    if (number <= spec.last) return number;
  }
  return option.integer(piece, { max: spec.last });
}
