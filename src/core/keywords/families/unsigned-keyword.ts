/**
 * The shape of keywords that compare one unsigned number of a packet (ttl, dsize, icmp_seq ...) by the
 * generic integer syntax. A packet without the field never matches, not even a negated comparison.
 */
import { Check } from "../../detect/check.ts";
import type { DetectionContext } from "../../detect/detection-context.ts";
import { defineKeyword, type Example, type Keyword } from "../../detect/keyword.ts";
import type { RuleDraft } from "../../detect/rule-draft.ts";
import type { Packet } from "../../layers/packet.ts";
import {
  matchesNumber,
  type NumberComparison,
  parseNumberComparison,
} from "../../rule/number-comparison.ts";

export interface UnsignedKeywordSpec {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly family: string;
  readonly summary: string;
  readonly since?: string;
  readonly bits: 8 | 16 | 32 | 64;
  /** The field, or -1 where the packet has none. */
  readonly read: (packet: Packet) => number;
  /** Names that stand for numbers, found without regard to case. */
  readonly names?: ReadonlyMap<string, number>;
  /** kb, mb, gb after a number; allowed unless false. */
  readonly units?: boolean;
  /** `prefilter` may select it. */
  readonly prefilter?: boolean;
  /** Two are made up where none are given. */
  readonly examples?: readonly Example[];
  /** What else the keyword means for the rule (it needs a payload ...). */
  readonly alsoCompile?: (comparison: NumberComparison, draft: RuleDraft) => void;
}

export function unsignedKeyword(spec: UnsignedKeywordSpec): Keyword {
  const { name, bits, read } = spec;
  const run = (context: DetectionContext, comparison: NumberComparison): boolean => {
    const value = read(context.packet);
    return value >= 0 && matchesNumber(comparison, value);
  };
  const rules = {
    bits,
    ...(spec.names && { names: spec.names }),
    ...(spec.units !== undefined && { units: spec.units }),
  };
  return defineKeyword<NumberComparison>({
    name,
    ...(spec.aliases && { aliases: spec.aliases }),
    family: spec.family,
    summary: spec.summary,
    syntax: `${name}:[=|!|!=|<|<=|>|>=]N | A-B | !A-B | &MASK=N | &MASK!=N`,
    since: spec.since ?? "<=7.0",
    argument: "required",
    examples: spec.examples ?? unsignedExamples(name),
    parse: (option) => parseNumberComparison(option, rules),
    compile(comparison, draft) {
      draft.addPacketCheck(Check.of(name, comparison, run), { prefilter: spec.prefilter ?? false });
      spec.alsoCompile?.(comparison, draft);
    },
  });
}

function unsignedExamples(name: string): readonly Example[] {
  return [
    { options: `${name}:10;`, meaning: "equals 10" },
    { options: `${name}:>10;`, meaning: "above 10" },
    { options: `${name}:10-20;`, meaning: "11 to 19: both ends are exclusive" },
  ];
}
