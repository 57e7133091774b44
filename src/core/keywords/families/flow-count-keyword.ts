/**
 * The shape of keywords that compare how many packets or bytes a flow has had (flow.pkts, flow.bytes_toserver
 * ...), the packet under inspection included.
 */
import { Check } from "../../detect/check.ts";
import type { DetectionContext } from "../../detect/detection-context.ts";
import { defineKeyword, type Keyword } from "../../detect/keyword.ts";
import type { Flow } from "../../flow/flow.ts";
import {
  matchesNumber,
  type NumberComparison,
  parseNumberComparison,
  parseNumberPiece,
} from "../../rule/number-comparison.ts";
import type { OptionText } from "../../rule/option-text.ts";

export type FlowSide = "toserver" | "toclient" | "either";

export interface FlowCountKeywordSpec {
  readonly name: string;
  readonly bits: 32 | 64;
  /** What is counted, for the summary: "packets". */
  readonly of: string;
  /** Null where the rule names the side. */
  readonly side: FlowSide | null;
  readonly prefilter?: boolean;
  readonly toServer: (flow: Flow) => number;
  readonly toClient: (flow: Flow) => number;
}

interface FlowCount {
  readonly side: FlowSide;
  readonly comparison: NumberComparison;
}

const SIDES = ["toserver", "toclient", "either"] as const;

const where: Readonly<Record<FlowSide, string>> = {
  toserver: "to the server",
  toclient: "to the client",
  either: "in either direction",
};

export function flowCountKeyword(spec: FlowCountKeywordSpec): Keyword {
  const { name, side, toServer, toClient } = spec;
  const run = ({ flow }: DetectionContext, count: FlowCount): boolean => {
    if (flow === null) return false;
    const { comparison } = count;
    if (count.side !== "toclient" && matchesNumber(comparison, toServer(flow))) return true;
    return count.side !== "toserver" && matchesNumber(comparison, toClient(flow));
  };
  const prefix = side === null ? "either," : "";
  return defineKeyword<FlowCount>({
    name,
    family: "flow & state",
    summary: `Compares the ${spec.of} of the flow ${side === null ? "in one direction" : where[side]}.`,
    syntax: `${name}:${side === null ? "toserver|toclient|either," : ""}[op]N`,
    since: "8.0.0",
    argument: "required",
    examples: [
      { options: `${name}:${prefix}>100;`, meaning: `more than 100 ${spec.of}` },
      { options: `${name}:${prefix}10-20;`, meaning: `11 to 19 ${spec.of}` },
    ],
    parse: (option) => parseCount(option, spec),
    compile(count, draft) {
      draft.requireFlow = true;
      draft.requirePacket = true;
      draft.addPacketCheck(Check.of(name, count, run), { prefilter: spec.prefilter ?? false });
    },
  });
}

function parseCount(option: OptionText, { side, bits }: FlowCountKeywordSpec): FlowCount {
  if (side !== null) return { side, comparison: parseNumberComparison(option, { bits }) };
  option.required();
  const [sideText, number] = option.split(",", 2);
  if (sideText === undefined || number === undefined) {
    return option.fail("missing-value", `"${option.keyword}" needs a direction and a number`, {
      hint: 'write "toserver,>100"',
    });
  }
  return {
    side: option.oneOf(sideText, SIDES, "direction"),
    comparison: parseNumberPiece(option, number, { bits }),
  };
}
