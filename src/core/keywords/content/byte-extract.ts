/** byte_extract: keeps a number read from the buffer as a variable of the rule. */
import type { BufferInspection, Chain, ChainStep, RetryDemand } from "../../detect/chain.ts";
import { VARIABLES_MAX } from "../../detect/chain.ts";
import { defineKeyword } from "../../detect/keyword.ts";
import type { OptionText } from "../../rule/option-text.ts";
import {
  bases,
  type NamedPart,
  namedPart,
  PartsSeen,
  readerDemand,
} from "./matching/byte-options.ts";
import { NumberField, type NumberFieldSpec } from "./matching/number-field.ts";
import { defineRuleVariable, parseVariableName } from "./matching/variable-name.ts";

interface ByteExtract {
  readonly bytes: number;
  readonly offset: number;
  readonly name: string;
  readonly flags: Flags;
}

interface Flags {
  relative: boolean;
  endian: "big" | "little" | "dce" | null;
  isText: boolean;
  base: number;
  multiplier: number;
  align: number;
}

export const byteExtract = defineKeyword<ByteExtract>({
  name: "byte_extract",
  family: "content",
  summary: "Keeps a number read from the buffer as a variable for later options.",
  syntax:
    "byte_extract:BYTES, OFFSET, NAME [,relative] [,multiplier N] [,big|little] " +
    "[,string[,dec|hex|oct]] [,align 2|4]",
  since: "<=7.0",
  argument: "required",
  examples: [
    {
      options: 'byte_extract:2,0,size; content:"|00|"; offset:size; depth:1;',
      meaning: "a zero byte at the place that the first 16 bits name",
    },
  ],
  parse: parseByteExtract,
  compile({ bytes, offset, name, flags }, draft) {
    const spec: NumberFieldSpec = {
      bytes: { kind: "number", value: bytes },
      offset: { kind: "number", value: offset },
      relative: flags.relative,
      littleEndian: flags.endian === "little",
      senderOrder: flags.endian === "dce",
      base: flags.isText ? flags.base : null,
    };
    const variable = defineRuleVariable(name, draft, VARIABLES_MAX);
    const demand = readerDemand(flags.relative, draft);
    draft.addFollower({
      keyword: "byte_extract",
      relative: flags.relative,
      defines: name,
      build: () => new ByteExtractStep(spec, flags, variable, demand),
    });
  },
});

/** Digits that a number of 64 bits has, as Suricata counts them. */
const textBytesMax: ReadonlyMap<number, number> = new Map([
  [8, 23],
  [10, 20],
  [16, 14],
]);

function parseByteExtract(option: OptionText): ByteExtract {
  option.required();
  const [bytesPiece, offsetPiece, namePiece, ...rest] = option.split();
  if (!bytesPiece || !offsetPiece || !namePiece) {
    return option.failAt(
      option.whole,
      "missing-value",
      '"byte_extract" needs bytes, offset and a name',
    );
  }
  const flags: Flags = {
    relative: false,
    endian: null,
    isText: false,
    base: 10,
    multiplier: 1,
    align: 1,
  };
  const seen = new PartsSeen();
  for (const piece of rest) readFlag(option, namedPart(option, piece), flags, seen);
  if (flags.isText && flags.endian !== null) {
    option.fail("conflicting-options", '"string" excludes a byte order');
  }
  const max = flags.isText ? (textBytesMax.get(flags.base) ?? 8) : 8;
  return {
    bytes: option.integer(bytesPiece, { max, name: "bytes" }),
    offset: option.integer(offsetPiece, { min: -32_768, max: 32_767, name: "offset" }),
    name: parseVariableName(option, namePiece),
    flags,
  };
}

function readFlag(option: OptionText, part: NamedPart, flags: Flags, seen: PartsSeen): void {
  seen.add(option, part);
  const { name, argument, whole } = part;
  if (name === "relative") flags.relative = true;
  else if (name === "big" || name === "little" || name === "dce") {
    if (flags.endian !== null) {
      option.failAt(whole, "conflicting-options", "a byte order was already given");
    }
    flags.endian = name;
  } else if (name === "string") flags.isText = true;
  else if (bases.has(name)) {
    if (!flags.isText) {
      option.failAt(whole, "conflicting-options", `"string" must come before "${name}"`);
    }
    flags.base = bases.get(name) ?? 10;
  } else if (name === "multiplier") {
    flags.multiplier = option.integer(argument, { min: 1, max: 65_535, name });
  } else if (name === "align") {
    flags.align = Number(option.oneOf(argument, ["2", "4"], "alignment"));
  } else option.failAt(whole, "unknown-value", `unknown option "${whole.text}"`);
}

class ByteExtractStep implements ChainStep {
  readonly keyword = "byte_extract";
  readonly role = "reader";
  readonly relative: boolean;
  readonly retryDemand: RetryDemand;
  private readonly field: NumberField;
  private readonly multiplier: number;
  private readonly align: number;
  private readonly variable: number;

  constructor(spec: NumberFieldSpec, flags: Flags, variable: number, demand: RetryDemand) {
    this.field = new NumberField(spec);
    this.relative = spec.relative;
    this.retryDemand = demand;
    this.multiplier = flags.multiplier;
    this.align = flags.align;
    this.variable = variable;
  }

  run(inspection: BufferInspection, chain: Chain, index: number): boolean {
    const { field } = this;
    if (!field.read(inspection)) return false;
    const { value } = field;
    if (this.multiplier !== 1) value.multiplySmall(this.multiplier);
    if (this.align !== 1) value.alignTo(this.align);
    inspection.cursor = field.end;
    inspection.variableWords[this.variable * 2] = value.low;
    inspection.variableWords[this.variable * 2 + 1] = value.high;
    return chain.match(inspection, index + 1);
  }
}
