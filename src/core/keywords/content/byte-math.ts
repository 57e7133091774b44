/** byte_math: computes with a number read from the buffer and keeps the result as a variable. */
import type { BufferInspection, Chain, ChainStep, RetryDemand } from "../../detect/chain.ts";
import { VARIABLES_MAX } from "../../detect/chain.ts";
import { defineKeyword } from "../../detect/keyword.ts";
import type { RuleDraft } from "../../detect/rule-draft.ts";
import { RuleError } from "../../rule/diagnostic.ts";
import type { OptionText, TextPiece } from "../../rule/option-text.ts";
import {
  applyBitmask,
  type Bitmask,
  bases,
  type NamedPart,
  namedPart,
  PartsSeen,
  parseBitmask,
  readerDemand,
} from "./matching/byte-options.ts";
import { NumberField, type NumberFieldSpec } from "./matching/number-field.ts";
import { bindReaderQuantity, type QuantityText } from "./matching/quantity.ts";
import { Unsigned64 } from "./matching/unsigned64.ts";
import { defineRuleVariable, parseVariableName } from "./matching/variable-name.ts";

const operators = ["+", "-", "*", "/", "<<", ">>"] as const;
type Operator = (typeof operators)[number];

interface ByteMath {
  bytes: QuantityText | null;
  offset: number | null;
  operator: Operator | null;
  operand: QuantityText | null;
  result: string | null;
  relative: boolean;
  endian: "big" | "little" | "dce";
  base: number | null;
  bitmask: Bitmask | null;
}

interface WholeByteMath extends ByteMath {
  readonly bytes: QuantityText;
  readonly offset: number;
  readonly operator: Operator;
  readonly operand: QuantityText;
  readonly result: string;
}

export const byteMath = defineKeyword<WholeByteMath>({
  name: "byte_math",
  family: "content",
  summary: "Computes with a number read from the buffer and keeps the result as a variable.",
  syntax:
    "byte_math:bytes N|variable, offset N, oper +|-|*|/|<<|>>, rvalue N|variable, result NAME " +
    "[,relative] [,endian big|little] [,string dec|hex|oct] [,bitmask HEX]",
  since: "<=7.0",
  argument: "required",
  examples: [
    {
      options:
        'byte_math:bytes 1, offset 0, oper *, rvalue 4, result size; content:"|ff|"; offset:size; depth:1;',
      meaning: "a byte ff four times so far in as the first byte says",
    },
  ],
  parse: parseByteMath,
  compile(math, draft) {
    if (math.relative && draft.hasSelection) requirePlace(draft);
    const spec: NumberFieldSpec = {
      bytes: bindReaderQuantity(math.bytes, "byte_math", draft),
      offset: { kind: "number", value: math.offset },
      relative: math.relative,
      littleEndian: math.endian === "little",
      senderOrder: math.endian === "dce",
      base: math.base,
    };
    const operand = bindReaderQuantity(math.operand, "byte_math", draft);
    const value = operand.kind === "number" ? operand.value : 0;
    const operandVariable = operand.kind === "variable" ? operand.index : -1;
    const variable = defineRuleVariable(math.result, draft, VARIABLES_MAX);
    const demand = readerDemand(math.relative, draft);
    const { operator, bitmask } = math;
    const operation = { operator, bitmask, value, operandVariable, variable };
    draft.addFollower({
      keyword: "byte_math",
      relative: math.relative,
      defines: math.result,
      build: () => new ByteMathStep(spec, operation, demand),
    });
  },
});

function requirePlace(draft: RuleDraft): void {
  const { items } = draft.currentBuffer;
  if (!items.some(({ keyword }) => keyword === "content" || keyword === "pcre")) {
    throw new RuleError(
      "relative-without-match",
      '"byte_math" with "relative" needs a match before',
    );
  }
}

function parseByteMath(option: OptionText): WholeByteMath {
  option.required();
  const math: ByteMath = {
    bytes: null,
    offset: null,
    operator: null,
    operand: null,
    result: null,
    relative: false,
    endian: "big",
    base: null,
    bitmask: null,
  };
  const seen = new PartsSeen();
  for (const piece of option.split()) readPart(option, namedPart(option, piece), math, seen);
  const { bytes, offset, operator, operand, result } = math;
  if (bytes === null || offset === null || operator === null || operand === null || !result) {
    return option.failAt(
      option.whole,
      "missing-value",
      '"byte_math" needs bytes, offset, oper, rvalue and result',
    );
  }
  if (operator.length === 2 && bytes.kind === "number" && bytes.value > 4) {
    option.fail("number-out-of-range", `"${operator}" takes at most 4 bytes, not ${bytes.value}`);
  }
  return { ...math, bytes, offset, operator, operand, result };
}

function readPart(option: OptionText, part: NamedPart, math: ByteMath, seen: PartsSeen): void {
  seen.add(option, part);
  const { name, argument, whole } = part;
  if (name === "bytes") math.bytes = numberOrName(option, argument, { min: 1, max: 10, name });
  else if (name === "offset") {
    math.offset = option.integer(argument, { min: -65_535, max: 65_535, name });
  } else if (name === "oper") math.operator = option.oneOf(argument, operators, "operator");
  else if (name === "rvalue") {
    math.operand = numberOrName(option, argument, { min: 0, max: 4_294_967_295, name });
  } else if (name === "result") math.result = parseVariableName(option, argument);
  else if (name === "relative") math.relative = true;
  else if (name === "endian" || name === "dce") {
    if (seen.has(name === "dce" ? "endian" : "dce")) {
      option.failAt(whole, "conflicting-options", "a byte order was already given");
    }
    const orders = ["big", "little", "dce"] as const;
    math.endian = name === "dce" ? "dce" : option.oneOf(argument, orders, "byte order");
  } else if (name === "string") {
    math.base = bases.get(option.oneOf(argument, ["dec", "hex", "oct"], "base")) ?? 10;
  } else if (name === "bitmask") math.bitmask = parseBitmask(option, argument, "hex");
  else option.failAt(whole, "unknown-value", `unknown option "${name}"`);
}

function numberOrName(
  option: OptionText,
  piece: TextPiece,
  range: { readonly min: number; readonly max: number; readonly name: string },
): QuantityText {
  if (/^\d+$/.test(piece.text)) return { kind: "number", value: option.integer(piece, range) };
  parseVariableName(option, piece);
  return { kind: "variable", piece };
}

interface Operation {
  readonly operator: Operator;
  readonly bitmask: Bitmask | null;
  readonly value: number;
  /** Variable of the operand, -1 when `value` is it; variable of the result. */
  readonly operandVariable: number;
  readonly variable: number;
}

class ByteMathStep implements ChainStep {
  readonly keyword = "byte_math";
  readonly role = "reader";
  readonly relative: boolean;
  readonly retryDemand: RetryDemand;
  private readonly field: NumberField;
  private readonly operation: Operation;
  private readonly operand = new Unsigned64();

  constructor(spec: NumberFieldSpec, operation: Operation, demand: RetryDemand) {
    this.field = new NumberField(spec);
    this.relative = spec.relative;
    this.retryDemand = demand;
    this.operation = operation;
  }

  run(inspection: BufferInspection, chain: Chain, index: number): boolean {
    const { field, operation, operand } = this;
    if (!field.read(inspection)) return false;
    const words = inspection.variableWords;
    const { operandVariable, variable, bitmask } = operation;
    if (operandVariable < 0) operand.set(0, operation.value);
    else operand.set(words[operandVariable * 2 + 1]!, words[operandVariable * 2]!);
    const { value } = field;
    if (!compute(operation.operator, value, operand)) return false;
    if (bitmask !== null) applyBitmask(value, bitmask);
    inspection.cursor = field.end;
    words[variable * 2] = value.low;
    words[variable * 2 + 1] = value.high;
    return chain.match(inspection, index + 1);
  }
}

/** Leaves the result in `value`; false for a division by zero. */
function compute(operator: Operator, value: Unsigned64, operand: Unsigned64): boolean {
  switch (operator) {
    case "+":
      value.add(operand.high, operand.low);
      return true;
    case "-":
      value.subtract(operand.high, operand.low);
      return true;
    case "*":
      value.setBigint(value.toBigint() * operand.toBigint());
      return true;
    case "/":
      if (operand.isZero) return false;
      value.setBigint(value.toBigint() / operand.toBigint());
      return true;
    case "<<":
      value.shiftLeft(operand.high !== 0 ? 64 : operand.low);
      return true;
    default:
      value.shiftRight(operand.high !== 0 ? 64 : operand.low);
      return true;
  }
}
