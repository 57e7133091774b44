/**
 * Hooks of rule headers, after the colon of the protocol: `http1:request_headers` waits until a transaction is in
 * that state, `tcp:flow_start` for the first packet of a flow.
 */
import { Direction } from "../layers/packet.ts";
import type { RegisteredProtocol } from "../protocols/registry.ts";
import { RuleError, type Span } from "../rule/diagnostic.ts";
import { didYouMean } from "../rule/suggest.ts";
import { Check } from "./check.ts";
import type { DetectionContext } from "./detection-context.ts";
import type { RuleDraft } from "./rule-draft.ts";

/** A hook of packets; false when there is none of the name. */
export function setPacketHook(draft: RuleDraft, name: string): boolean {
  if (name === "all") return true;
  if (name !== "flow_start") return false;
  draft.requireFlow = true;
  draft.addPacketCheck(Check.of("hook", null, isFlowStart));
  return true;
}

/** A state of one of the protocols; the first that has one of the name. Throws RuleError. */
export function setTransactionHook(
  draft: RuleDraft,
  protocols: readonly RegisteredProtocol[],
  name: string,
  span: Span,
): void {
  for (const { id, declaration } of protocols) {
    for (const side of ["toServer", "toClient"] as const) {
      const progress = declaration.states[side].indexOf(name);
      if (progress < 0) continue;
      draft.hook = { side, progress, protocolId: id };
      return;
    }
  }
  const states = protocols.flatMap(({ declaration }) => [
    ...declaration.states.toServer,
    ...declaration.states.toClient,
  ]);
  const hint = didYouMean(name, states);
  throw new RuleError("unknown-hook", `"${name}" is no state of the protocol`, {
    span,
    ...(hint === undefined ? {} : { hint }),
  });
}

function isFlowStart({ packet }: DetectionContext): boolean {
  return packet.firstInDirection && packet.direction === Direction.toServer;
}
