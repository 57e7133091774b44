/** flowvar: what a pcre of an earlier rule kept with the flow contains some bytes. */
import { Check } from "../../detect/check.ts";
import type { DetectionContext } from "../../detect/detection-context.ts";
import { knownFlowState } from "../../detect/flow-detection-state.ts";
import { defineKeyword } from "../../detect/keyword.ts";
import {
  type CapturedVariable,
  containsPattern,
  parseCapturedVariable,
} from "./matching/captured-variable.ts";

interface FlowVariable {
  readonly name: number;
  readonly pattern: Uint8Array;
}

export const flowVar = defineKeyword<CapturedVariable>({
  name: "flowvar",
  family: "flow & state",
  summary: "Looks for bytes in a variable that a pcre kept with the flow.",
  syntax: 'flowvar:NAME,"text"',
  since: "<=7.0",
  argument: "required",
  examples: [{ options: 'flowvar:user,"root";', meaning: "the variable user contains root" }],
  parse: parseCapturedVariable,
  compile({ name, pattern }, draft) {
    const data: FlowVariable = { name: draft.builder.flowVariables.numberOf(name), pattern };
    draft.stateUses.push({ kind: "flowvar", access: "read" });
    draft.requireFlow = true;
    draft.addPacketCheck(Check.of("flowvar", data, hasPattern));
  },
});

function hasPattern({ flow }: DetectionContext, { name, pattern }: FlowVariable): boolean {
  if (flow === null) return false;
  const value = knownFlowState(flow)?.variable(name) ?? null;
  return value !== null && containsPattern(value, pattern);
}
