/**
 * flowint: named unsigned 32-bit numbers of the flow, which rules set, count and compare. A number that was
 * never set takes part in no comparison; as an operand it is 0. Sums wrap around.
 */
import { Check } from "../../detect/check.ts";
import type { DetectionContext } from "../../detect/detection-context.ts";
import { knownFlowState } from "../../detect/flow-detection-state.ts";
import { defineKeyword } from "../../detect/keyword.ts";
import type { RuleDraft } from "../../detect/rule-draft.ts";
import type { OptionText } from "../../rule/option-text.ts";

const WRITERS = ["+", "-", "="] as const;
const TESTS = ["==", "!=", "<", "<=", ">", ">=", "isset", "notset", "isnotset"] as const;
type Operator = (typeof WRITERS)[number] | (typeof TESTS)[number];

interface IntCommand {
  readonly name: string;
  readonly operator: Operator;
  /** A number, the name of another one, or null where the operator takes none. */
  readonly operand: number | string | null;
}

interface IntOperation {
  readonly target: number;
  readonly operator: Operator;
  readonly value: number;
  /** The number that is the operand; 0 where `value` is. */
  readonly source: number;
}

export const flowint = defineKeyword<IntCommand>({
  name: "flowint",
  family: "flow & state",
  summary: "Sets, counts or compares a named number of the flow.",
  syntax: "flowint:NAME,+|-|=|==|!=|<|<=|>|>=,N|NAME or flowint:NAME,isset|notset|isnotset",
  since: "<=7.0",
  argument: "required",
  examples: [
    { options: "flowint:failures,+,1; noalert;", meaning: "counts" },
    { options: "flowint:failures,isset; flowint:failures,>,5;", meaning: "more than five" },
  ],
  parse: parseCommand,
  compile: compileCommand,
});

function parseCommand(option: OptionText): IntCommand {
  option.required();
  const [name, operatorText, operand, ...rest] = option.split(",");
  if (name === undefined || operatorText === undefined || rest.length > 0) {
    return option.fail("bad-value", '"flowint" needs a name, an operator and mostly an operand', {
      hint: 'write "failures,+,1" or "failures,isset"',
    });
  }
  if (!/^[a-z][\w./]+$/i.test(name.text)) {
    option.failAt(name, "bad-name", `"${name.text}" is not a name of two or more letters`);
  }
  const operator = option.oneOf(operatorText, [...WRITERS, ...TESTS], "operator");
  if (operator.endsWith("set")) return { name: name.text, operator, operand: null };
  if (operand === undefined || operand.text === "") {
    return option.failAt(operatorText, "missing-value", `"${operator}" needs a number after it`);
  }
  if (/^[a-z]\w+$/i.test(operand.text)) return { name: name.text, operator, operand: operand.text };
  return { name: name.text, operator, operand: option.integer(operand, { max: 0xffff_ffff }) };
}

function compileCommand({ name, operator, operand }: IntCommand, draft: RuleDraft): void {
  const { flowInts } = draft.builder;
  const operation: IntOperation = {
    target: flowInts.numberOf(name),
    operator,
    value: typeof operand === "number" ? operand : 0,
    source: typeof operand === "string" ? flowInts.numberOf(operand) : 0,
  };
  if (operator === "+" || operator === "-" || operator === "=") {
    draft.stateUses.push({ kind: "flowint", access: "write" });
    draft.postMatches.push({
      keyword: "flowint",
      run: (context) => changeInt(context, operation),
    });
    return;
  }
  draft.requireFlow = true;
  draft.stateUses.push({ kind: "flowint", access: "read" });
  draft.addPacketCheck(Check.of("flowint", operation, holds));
}

function changeInt({ flow, state }: DetectionContext, operation: IntOperation): void {
  if (flow === null) return;
  const own = state.ofFlow(flow);
  const { target, operator } = operation;
  const operand = operandOf(operation, (name) => own.intValue(name));
  const known = own.intValue(target);
  if (operator === "=" || (operator === "+" && known < 0)) own.setInt(target, operand);
  else if (known >= 0) own.setInt(target, operator === "+" ? known + operand : known - operand);
}

function holds({ flow }: DetectionContext, operation: IntOperation): boolean {
  if (flow === null) return false;
  const state = knownFlowState(flow);
  const value = state === null ? -1 : state.intValue(operation.target);
  if (operation.operator === "isset") return value >= 0;
  if (operation.operator === "notset" || operation.operator === "isnotset") return value < 0;
  if (state === null || value < 0) return false;
  const operand = operandOf(operation, (name) => state.intValue(name));
  switch (operation.operator) {
    case "==":
      return value === operand;
    case "!=":
      return value !== operand;
    case "<":
      return value < operand;
    case "<=":
      return value <= operand;
    case ">":
      return value > operand;
    default:
      return value >= operand;
  }
}

function operandOf({ value, source }: IntOperation, read: (name: number) => number): number {
  return source === 0 ? value : Math.max(0, read(source));
}
