/**
 * ip_proto: the protocol that the IP header names, by number or IANA name. A rule may exclude several and
 * bound them from both sides; an equality stands alone.
 */
import { Check } from "../../detect/check.ts";
import type { DetectionContext } from "../../detect/detection-context.ts";
import { defineKeyword } from "../../detect/keyword.ts";
import { RuleError } from "../../rule/diagnostic.ts";
import { didYouMean } from "../../rule/suggest.ts";
import { ipProtocolNumbers } from "./protocol-numbers.ts";

interface ProtocolDemand {
  readonly operator: string;
  readonly protocol: number;
}

export const ipProto = defineKeyword<ProtocolDemand>({
  name: "ip_proto",
  family: "IP header",
  summary: "Compares the protocol that the IP header names.",
  syntax: "ip_proto:[!|<|>]NAME|N",
  since: "<=7.0",
  argument: "required",
  examples: [
    { options: "ip_proto:103;", meaning: "protocol independent multicast" },
    { options: "ip_proto:!TCP; ip_proto:!UDP;", meaning: "neither TCP nor UDP" },
  ],
  parse(option) {
    const text = option.quoted({ quotes: "optional" });
    const operator = /^[!<>]?/.exec(text.text)?.[0] ?? "";
    const piece = option.piece(text.offset + operator.length, text.offset + text.text.length);
    if (/^\d+$/.test(piece.text)) {
      return { operator, protocol: option.integer(piece, { max: 255, name: "protocol" }) };
    }
    const protocol = ipProtocolNumbers.get(piece.text.toLowerCase());
    if (protocol === undefined) {
      const hint = didYouMean(piece.text, ipProtocolNumbers.keys());
      return option.failAt(piece, "unknown-value", `unknown IP protocol "${piece.text}"`, hint);
    }
    return { operator, protocol };
  },
  compile(demand, draft) {
    const others = draft.packetChecks
      .filter(({ check }) => check.keyword === "ip_proto")
      .map(({ check }) => (check.data as ProtocolDemand).operator); // made below
    if (others.includes("") || (demand.operator === "" && others.length > 0)) {
      throw new RuleError(
        "conflicting-keyword",
        'an "ip_proto" without a sign must be the only one',
      );
    }
    if (demand.operator === "<" || demand.operator === ">") {
      if (others.includes(demand.operator)) {
        throw new RuleError("conflicting-keyword", `two "ip_proto" with "${demand.operator}"`);
      }
    }
    draft.addPacketCheck(Check.of("ip_proto", demand, isProtocol, { ipOnly: true }));
  },
});

function isProtocol({ packet }: DetectionContext, { operator, protocol }: ProtocolDemand): boolean {
  if (packet.ipVersion === 0) return false;
  switch (operator) {
    case "!":
      return packet.protocol !== protocol;
    case "<":
      return packet.protocol < protocol;
    case ">":
      return packet.protocol > protocol;
    default:
      return packet.protocol === protocol;
  }
}
