/** pktvar: what a pcre of another rule captured in the same packet contains some bytes. */
import { Check } from "../../detect/check.ts";
import type { DetectionContext } from "../../detect/detection-context.ts";
import { defineKeyword } from "../../detect/keyword.ts";
import {
  type CapturedVariable,
  containsPattern,
  parseCapturedVariable,
} from "./matching/captured-variable.ts";

interface PacketVariable {
  readonly name: number;
  readonly pattern: Uint8Array;
}

export const pktVar = defineKeyword<CapturedVariable>({
  name: "pktvar",
  family: "flow & state",
  summary: "Looks for bytes in a variable that a pcre captured in the same packet.",
  syntax: 'pktvar:NAME,"text"',
  since: "<=7.0",
  argument: "required",
  examples: [{ options: 'pktvar:agent,"curl";', meaning: "the variable agent contains curl" }],
  parse: parseCapturedVariable,
  compile({ name, pattern }, draft) {
    const data: PacketVariable = { name: draft.builder.packetVariables.numberOf(name), pattern };
    draft.stateUses.push({ kind: "pktvar", access: "read" });
    draft.addPacketCheck(Check.of("pktvar", data, hasPattern));
  },
});

function hasPattern({ state }: DetectionContext, { name, pattern }: PacketVariable): boolean {
  const value = state.packetVariable(name);
  return value !== null && containsPattern(value, pattern);
}
