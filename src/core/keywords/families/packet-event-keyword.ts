/**
 * The shape of keywords that ask for an event that the decoder or the TCP tracker noted on the packet. Rules
 * with one are looked at only on packets with that event.
 */
import { Check } from "../../detect/check.ts";
import type { DetectionContext } from "../../detect/detection-context.ts";
import { defineKeyword, type Example, type Keyword } from "../../detect/keyword.ts";
import { didYouMean } from "../../rule/suggest.ts";

export interface PacketEventKeywordSpec {
  readonly name: string;
  readonly summary: string;
  /** Names as rules write them, with their codes. */
  readonly codes: ReadonlyMap<string, number>;
  readonly examples: readonly Example[];
}

export function packetEventKeyword(spec: PacketEventKeywordSpec): Keyword {
  const { name, codes } = spec;
  return defineKeyword<number>({
    name,
    family: "event",
    summary: spec.summary,
    syntax: `${name}:EVENT`,
    since: "<=7.0",
    argument: "required",
    examples: spec.examples,
    parse(option) {
      option.required();
      const { whole } = option;
      const code = codes.get(whole.text.toLowerCase());
      if (code !== undefined) return code;
      const hint = didYouMean(whole.text, codes.keys());
      return option.failAt(whole, "unknown-event", `unknown event "${whole.text}"`, hint);
    },
    compile(code, draft) {
      draft.addPacketCheck(Check.of(name, code, hasEvent), { prefilter: true, eventCode: code });
    },
  });
}

function hasEvent({ packet }: DetectionContext, code: number): boolean {
  return packet.hasEvent(code);
}
