/** asn1: malformed or oversized ASN.1 (BER) in the buffer. The walk is bounded in depth, objects and bytes. */
import type { BufferInspection, Chain, ChainStep } from "../../detect/chain.ts";
import { defineKeyword } from "../../detect/keyword.ts";
import { Asn1Walk, type Asn1Wanted } from "./matching/asn1-walk.ts";

interface Asn1 extends Asn1Wanted {
  /** -1: none given. */
  absoluteOffset: number;
  relativeOffset: number | null;
}

/** Offsets from here on are out of reach, as in Suricata. */
const OFFSET_MAX = 65_535;

export const asn1 = defineKeyword<Asn1>({
  name: "asn1",
  family: "content",
  summary: "Finds malformed or oversized ASN.1 structures.",
  syntax:
    "asn1:[bitstring_overflow] [, double_overflow] [, oversize_length N] " +
    "[, absolute_offset N | relative_offset N]",
  since: "<=7.0",
  argument: "required",
  examples: [
    {
      options: "asn1:bitstring_overflow, absolute_offset 0;",
      meaning: "a bit string that ignores more bits than it has",
    },
    {
      options: 'content:"|ff|SMB"; asn1:double_overflow, oversize_length 2048, relative_offset 54;',
      meaning: "a long number or object 54 bytes behind the match",
    },
  ],
  parse(option) {
    option.required();
    const value: Asn1 = {
      bitstringOverflow: false,
      doubleOverflow: false,
      oversizeLength: -1,
      absoluteOffset: -1,
      relativeOffset: null,
    };
    const pieces = option.split().map((piece) => option.words(piece));
    if (pieces.slice(0, -1).some((words) => words.length === 0)) {
      option.failAt(option.whole, "missing-value", "nothing between two commas");
    }
    const words = pieces.flat();
    for (let index = 0; index < words.length; index++) {
      const word = words[index]!;
      const name = word.text;
      if (name === "bitstring_overflow") value.bitstringOverflow = true;
      else if (name === "double_overflow") value.doubleOverflow = true;
      else {
        const number = words[++index] ?? { text: "", offset: word.offset + name.length };
        if (name === "oversize_length") {
          value.oversizeLength = option.integer(number, { max: 4_294_967_295, name });
        } else if (name === "absolute_offset") {
          value.absoluteOffset = option.integer(number, { max: OFFSET_MAX, name });
        } else if (name === "relative_offset") {
          const range = { min: -OFFSET_MAX, max: OFFSET_MAX, name };
          value.relativeOffset = option.integer(number, range);
        } else option.failAt(word, "unknown-value", `unknown option "${name}"`);
      }
    }
    return value;
  },
  compile(value, draft) {
    draft.addItem({
      keyword: "asn1",
      relative: value.relativeOffset !== null,
      build: ({ limits }) => new Asn1Step(value, limits.asn1FramesMax),
    });
  },
});

class Asn1Step implements ChainStep {
  readonly keyword = "asn1";
  readonly relative: boolean;
  readonly retryDemand = "none";
  private readonly walk: Asn1Walk;
  private readonly absoluteOffset: number;
  private readonly relativeOffset: number;

  constructor(value: Asn1, framesMax: number) {
    this.walk = new Asn1Walk(value, framesMax);
    this.relative = value.relativeOffset !== null && value.absoluteOffset < 0;
    this.absoluteOffset = Math.max(0, value.absoluteOffset);
    this.relativeOffset = value.relativeOffset ?? 0;
  }

  run(inspection: BufferInspection, chain: Chain, index: number): boolean {
    const { bytes, start, end } = inspection;
    const place = inspection.cursor - start;
    const offset = this.relative ? place + this.relativeOffset : this.absoluteOffset;
    if (offset < 0 || offset > OFFSET_MAX || start + offset >= end) return false;
    if (!this.walk.find(bytes, start + offset, Math.min(end, start + OFFSET_MAX))) return false;
    return chain.match(inspection, index + 1);
  }
}
