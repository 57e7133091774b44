/**
 * The type of a rule, by Suricata's names: when it is inspected, and whether its drop or pass concerns the
 * packet or the whole flow.
 */
import type { RuleVariables } from "../rule/rule-variables.ts";
import type { ListExpression, RuleHeader } from "../rule/syntax-tree.ts";
import { payloadBuffer } from "./buffer.ts";
import type { RuleType } from "./compiled-rule.ts";
import type { PayloadMode } from "./payload-mode.ts";
import type { RuleDraft } from "./rule-draft.ts";

const VARIABLE_DEPTH_MAX = 16;

export function ruleType(draft: RuleDraft, mode: PayloadMode): RuleType {
  if (draft.isTransactional || draft.hasFrames) return "app_tx";
  if (draft.buffers.length === 0) {
    const isOfFlow = draft.hasApplicationHeader && !draft.requirePacket;
    return isOfFlow ? "app_layer" : typeWithoutBuffers(draft);
  }
  if (draft.buffers.some(({ declaration }) => declaration.scope === "packet")) return "pkt";
  if (!draft.buffers.some(({ declaration }) => declaration === payloadBuffer)) return "pkt";
  if (!mode.stream) return "pkt";
  return mode.packet ? "pkt_stream" : "stream";
}

function typeWithoutBuffers(draft: RuleDraft): RuleType {
  const { header } = draft.syntax;
  if (isIpOnly(draft)) {
    return negates(header, draft.builder.variables) ? "like_ip_only" : "ip_only";
  }
  if (isProtocolOnly(draft)) return "pd_only";
  const { packetChecks } = draft;
  const onlyEvents = packetChecks.every(({ options }) => options.eventCode !== undefined);
  return onlyEvents && packetChecks.length > 0 ? "de_only" : "pkt";
}

/** Addresses, protocol and ports decide, with nothing but checks that hold for a flow and direction. */
function isIpOnly(draft: RuleDraft): boolean {
  if (draft.flowDirection !== 0 || draft.asksForProtocol || draft.isTransactional) return false;
  return (
    draft.packetChecks.every(({ check }) => check.ipOnly) &&
    draft.postMatches.every(({ ipOnly }) => ipOnly === true) &&
    !readsFlowBits(draft)
  );
}

/** The application protocol decides, with what an IP-only rule may have. */
function isProtocolOnly(draft: RuleDraft): boolean {
  return (
    draft.asksForProtocol &&
    draft.packetChecks.every(({ check, options }) => options.asksForProtocol || check.ipOnly) &&
    draft.postMatches.every(({ ipOnly }) => ipOnly === true) &&
    !readsFlowBits(draft)
  );
}

/** Bits that are set may be; asking for them would make the outcome change from packet to packet. */
function readsFlowBits(draft: RuleDraft): boolean {
  return draft.stateUses.some(({ kind, access }) => kind === "flowbits" && access === "read");
}

function negates(header: RuleHeader, variables: RuleVariables): boolean {
  const { source, destination } = header;
  return isNegated(source, variables, 0) || isNegated(destination, variables, 0);
}

function isNegated(expression: ListExpression, variables: RuleVariables, depth: number): boolean {
  if (expression.negated) return true;
  if (expression.kind === "list") {
    return expression.items.some((item) => isNegated(item, variables, depth));
  }
  return depth < VARIABLE_DEPTH_MAX && negatesInText(expression.text, variables, depth);
}

/** Follows variables: `$EXTERNAL_NET` is mostly `!$HOME_NET`. */
function negatesInText(text: string, variables: RuleVariables, depth: number): boolean {
  if (text.includes("!")) return true;
  if (depth >= VARIABLE_DEPTH_MAX) return false;
  for (const match of text.matchAll(/\$([A-Za-z0-9_-]+)/g)) {
    const value = variables.addressGroups.get(match[1] ?? "");
    if (value !== undefined && negatesInText(value, variables, depth + 1)) return true;
  }
  return false;
}
