/**
 * flowbits: named bits of the flow, which rules set and others ask for. `a|b` names several: isset asks for any
 * that is set, isnotset for any that is not.
 */
import { Check } from "../../detect/check.ts";
import type { DetectionContext } from "../../detect/detection-context.ts";
import { knownFlowState } from "../../detect/flow-detection-state.ts";
import { defineKeyword } from "../../detect/keyword.ts";
import { PacketGate } from "../../detect/packet-gate.ts";
import type { RuleDraft } from "../../detect/rule-draft.ts";
import type { PostMatch } from "../../detect/rule-state.ts";
import { RuleError } from "../../rule/diagnostic.ts";
import type { OptionText } from "../../rule/option-text.ts";

const COMMANDS = ["set", "unset", "toggle", "isset", "isnotset", "noalert"] as const;
type Command = (typeof COMMANDS)[number];
const NAMES_MAX = 100;

interface BitCommand {
  readonly command: Command;
  readonly names: readonly string[];
}

/** The names that one test of a rule asks for. */
interface BitTest {
  readonly wantsSet: boolean;
  readonly bits: readonly number[];
}

export const flowbits = defineKeyword<BitCommand>({
  name: "flowbits",
  family: "flow & state",
  summary: "Sets, clears or tests a named bit of the flow.",
  syntax: "flowbits:set|unset|toggle|isset|isnotset,NAME[|NAME]... or flowbits:noalert",
  since: "<=7.0",
  argument: "required",
  examples: [
    { options: "flowbits:set,logged.in; flowbits:noalert;", meaning: "remembers, says nothing" },
    { options: "flowbits:isset,logged.in|admin;", meaning: "one of the two is set" },
  ],
  parse: parseCommand,
  compile: compileCommand,
});

function parseCommand(option: OptionText): BitCommand {
  option.required();
  const [commandText, nameText] = option.split(",", 2);
  const command = option.oneOf(commandText ?? option.whole, COMMANDS, "command");
  if (command === "noalert") {
    if (nameText !== undefined) {
      option.failAt(nameText, "unexpected-value", '"noalert" takes no name');
    }
    return { command, names: [] };
  }
  if (nameText === undefined || nameText.text === "") {
    return option.fail("missing-value", `"${command}" needs the name of a bit`);
  }
  const pieces = option.splitPiece(nameText, "|").filter(({ text }) => text !== "");
  if (pieces.length === 0) option.failAt(nameText, "missing-value", "no bit is named");
  if (pieces.length > NAMES_MAX) {
    option.failAt(nameText, "too-many-values", `at most ${NAMES_MAX} bits may be named`);
  }
  for (const piece of pieces) {
    if (/\s/.test(piece.text)) {
      option.failAt(piece, "bad-name", `the name of a bit has no spaces, found "${piece.text}"`);
    }
  }
  return { command, names: pieces.map(({ text }) => text) };
}

function compileCommand({ command, names }: BitCommand, draft: RuleDraft): void {
  if (command === "noalert") {
    draft.noAlert = true;
    return;
  }
  const bits = names.map((name) => draft.builder.flowBits.numberOf(name));
  if (command === "isset" || command === "isnotset") {
    const test: BitTest = { wantsSet: command === "isset", bits };
    refuseContradiction(test, draft);
    draft.requireFlow = true;
    draft.stateUses.push({ kind: "flowbits", access: "read" });
    draft.addPacketCheck(Check.of("flowbits", test, hasBit, { ipOnly: true }), {
      prefilter: test.wantsSet,
      gate: test.wantsSet ? PacketGate.flowBits : 0,
    });
    return;
  }
  draft.stateUses.push({ kind: "flowbits", access: "write" });
  // Suricata changes nothing where a list is given to a command that writes.
  const [bit] = bits;
  if (bits.length > 1 || bit === undefined) {
    draft.warn("idle-value", `a list of names has no effect with "${command}"`);
    return;
  }
  if (command === "toggle") {
    draft.warn("deprecated-value", '"toggle" is deprecated; use "set" and "unset"');
  }
  draft.postMatches.push(changeOf(command, bit));
}

/** One bit that must be both set and not can never match. */
function refuseContradiction(test: BitTest, draft: RuleDraft): void {
  if (test.bits.length !== 1) return;
  for (const { check } of draft.packetChecks) {
    if (check.keyword !== "flowbits") continue;
    const other = check.data as BitTest; // made above
    if (other.wantsSet !== test.wantsSet && other.bits.length === 1) {
      if (other.bits[0] === test.bits[0]) {
        throw new RuleError("conflicting-keyword", "one bit is asked to be set and not to be set");
      }
    }
  }
}

function hasBit({ flow }: DetectionContext, { wantsSet, bits }: BitTest): boolean {
  if (flow === null) return false;
  const state = knownFlowState(flow);
  if (state === null) return !wantsSet;
  for (let i = 0; i < bits.length; i++) if (state.isBitSet(bits[i]!) === wantsSet) return true;
  return false;
}

function changeOf(command: "set" | "unset" | "toggle", bit: number): PostMatch {
  return {
    keyword: "flowbits",
    ipOnly: command === "set",
    run({ flow, state }) {
      if (flow === null) return;
      const own = state.ofFlow(flow);
      if (command === "set") own.setBit(bit);
      else if (command === "unset") own.unsetBit(bit);
      else own.toggleBit(bit);
    },
  };
}
