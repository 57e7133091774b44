/** byte_test: compares a number read from the buffer. */
import type { BufferInspection, Chain, ChainStep, RetryDemand } from "../../detect/chain.ts";
import { defineKeyword } from "../../detect/keyword.ts";
import type { OptionText, TextPiece } from "../../rule/option-text.ts";
import {
  applyBitmask,
  type Bitmask,
  bases,
  namedPart,
  parseBitmask,
  parseCNumber,
  readerDemand,
  requireByteCount,
} from "./matching/byte-options.ts";
import { NumberField, type NumberFieldSpec } from "./matching/number-field.ts";
import { bindReaderQuantity, parseQuantity, type QuantityText } from "./matching/quantity.ts";
import { Unsigned64 } from "./matching/unsigned64.ts";

const operators = ["=", "<", ">", "<=", ">=", "&", "^"] as const;
type Operator = (typeof operators)[number];

interface ByteTest {
  readonly bytes: QuantityText;
  readonly offset: QuantityText;
  readonly operator: Operator;
  readonly negated: boolean;
  readonly value: Unsigned64 | { readonly kind: "variable"; readonly piece: TextPiece };
  readonly flags: Flags;
}

interface Flags {
  relative: boolean;
  littleEndian: boolean;
  isText: boolean;
  base: number;
  dce: boolean;
  bitmask: Bitmask | null;
}

export const byteTest = defineKeyword<ByteTest>({
  name: "byte_test",
  family: "content",
  summary: "Compares a number read from the buffer with a value.",
  syntax:
    "byte_test:BYTES|variable, [!]OPERATOR, VALUE|variable, OFFSET|variable [,relative] [,big|little] " +
    "[,string,dec|hex|oct] [,bitmask MASK]",
  since: "<=7.0",
  argument: "required",
  examples: [
    { options: "byte_test:2,>,1000,4;", meaning: "the 16 bits at byte 4 are above 1000" },
    {
      options: 'content:"len="; byte_test:3,<,100,0,relative,string,dec;',
      meaning: "the three digits after len= are below 100",
    },
    { options: "byte_test:1,!&,0x80,0;", meaning: "the highest bit of the first byte is not set" },
  ],
  parse: parseByteTest,
  compile(test, draft) {
    const { flags, operator, negated } = test;
    const spec: NumberFieldSpec = {
      bytes: bindReaderQuantity(test.bytes, "byte_test", draft),
      offset: bindReaderQuantity(test.offset, "byte_test", draft),
      relative: flags.relative,
      littleEndian: flags.littleEndian,
      senderOrder: flags.dce,
      base: flags.isText ? flags.base : null,
    };
    const value = test.value instanceof Unsigned64 ? test.value : new Unsigned64();
    const bound =
      test.value instanceof Unsigned64 ? null : bindReaderQuantity(test.value, "byte_test", draft);
    const variable = bound?.kind === "variable" ? bound.index : -1;
    const demand = readerDemand(flags.relative, draft);
    const step = (): ByteTestStep =>
      new ByteTestStep(
        spec,
        { operator, negated, value, variable, bitmask: flags.bitmask },
        demand,
      );
    draft.addFollower({ keyword: "byte_test", relative: flags.relative, build: step });
  },
});

function parseByteTest(option: OptionText): ByteTest {
  option.required();
  const [bytesPiece, operatorPiece, valuePiece, offsetPiece, ...rest] = option.split();
  if (!bytesPiece || !operatorPiece || !valuePiece || !offsetPiece) {
    return option.failAt(
      option.whole,
      "missing-value",
      '"byte_test" needs bytes, operator, value and offset',
    );
  }
  const flags = parseFlags(option, rest);
  const bytes = parseQuantity(option, bytesPiece, { name: "bytes", min: 0, max: 4_294_967_295 });
  requireByteCount(option, bytes, flags.isText, bytesPiece);
  return {
    bytes,
    ...parseOperator(option, operatorPiece),
    value: /^[a-z]/i.test(valuePiece.text)
      ? { kind: "variable", piece: valuePiece }
      : parseCNumber(option, valuePiece, "value"),
    offset: parseOffset(option, offsetPiece),
    flags,
  };
}

function parseOperator(
  option: OptionText,
  piece: TextPiece,
): { readonly operator: Operator; readonly negated: boolean } {
  const negated = piece.text.startsWith("!");
  const text = negated ? piece.text.slice(1).trim() : piece.text;
  if (negated && text === "") return { operator: "=", negated };
  return { operator: option.oneOf({ ...piece, text }, operators, "operator"), negated };
}

function parseOffset(option: OptionText, piece: TextPiece): QuantityText {
  if (/^[a-z]/i.test(piece.text)) return { kind: "variable", piece };
  const value = parseCNumber(option, piece, "offset").toSignedNumber();
  if (value !== (value | 0)) {
    option.failAt(piece, "number-out-of-range", `offset ${piece.text} has more than 32 bits`);
  }
  return { kind: "number", value };
}

function parseFlags(option: OptionText, pieces: readonly TextPiece[]): Flags {
  const flags: Flags = {
    relative: false,
    littleEndian: false,
    isText: false,
    base: 0,
    dce: false,
    bitmask: null,
  };
  for (const piece of pieces) {
    const part = namedPart(option, piece);
    const name = part.name.toLowerCase();
    if (name === "relative") flags.relative = true;
    else if (name === "string") flags.isText = true;
    else if (name === "big" || name === "little") flags.littleEndian = name === "little";
    else if (name === "dce") flags.dce = true;
    else if (name === "bitmask") flags.bitmask = parseBitmask(option, part.argument, "c");
    else if (bases.has(name)) flags.base = bases.get(name) ?? 0;
    else option.failAt(piece, "unknown-value", `unknown option "${piece.text}"`);
  }
  if (flags.base !== 0 && !flags.isText) {
    option.fail("conflicting-options", 'a base needs "string" before it', {
      hint: 'write "string,dec"',
    });
  }
  if (flags.dce && flags.isText) option.fail("conflicting-options", '"dce" excludes "string"');
  return flags;
}

interface Comparison {
  readonly operator: Operator;
  readonly negated: boolean;
  readonly value: Unsigned64;
  readonly variable: number;
  readonly bitmask: Bitmask | null;
}

class ByteTestStep implements ChainStep {
  readonly keyword = "byte_test";
  readonly role = "reader";
  readonly relative: boolean;
  readonly retryDemand: RetryDemand;
  private readonly field: NumberField;
  private readonly comparison: Comparison;
  private readonly wanted = new Unsigned64();

  constructor(spec: NumberFieldSpec, comparison: Comparison, demand: RetryDemand) {
    this.field = new NumberField(spec);
    this.relative = spec.relative;
    this.retryDemand = demand;
    this.comparison = comparison;
    this.wanted.set(comparison.value.high, comparison.value.low);
  }

  run(inspection: BufferInspection, chain: Chain, index: number): boolean {
    const { field, comparison, wanted } = this;
    if (!field.read(inspection)) return false;
    if (comparison.bitmask !== null) applyBitmask(field.value, comparison.bitmask);
    const { variable } = comparison;
    if (variable >= 0) {
      const words = inspection.variableWords;
      wanted.set(words[variable * 2 + 1]!, words[variable * 2]!);
    }
    if (holds(comparison.operator, field.value, wanted) === comparison.negated) return false;
    return chain.match(inspection, index + 1);
  }
}

function holds(operator: Operator, value: Unsigned64, wanted: Unsigned64): boolean {
  switch (operator) {
    case "=":
      return value.compare(wanted) === 0;
    case "<":
      return value.compare(wanted) < 0;
    case ">":
      return value.compare(wanted) > 0;
    case "<=":
      return value.compare(wanted) <= 0;
    case ">=":
      return value.compare(wanted) >= 0;
    case "&":
      return (value.low & wanted.low) !== 0 || (value.high & wanted.high) !== 0;
    default:
      // As in Suricata `^` is true where the two differ in any bit.
      return value.compare(wanted) !== 0;
  }
}
