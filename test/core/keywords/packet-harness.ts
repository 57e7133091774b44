/**
 * One rule's conditions on a packet, without prefilter or flow table: what the tests of header, flow and state
 * keywords share. The packet is TCP over IPv4 in a flow of its own until the test changes it.
 */
import { ByteRange } from "../../../src/core/detect/byte-range.ts";
import type { DetectionContext } from "../../../src/core/detect/detection-context.ts";
import type { RuleDraft } from "../../../src/core/detect/rule-draft.ts";
import { Flow } from "../../../src/core/flow/flow.ts";
import type { Packet } from "../../../src/core/layers/packet.ts";
import { type CompiledPayload, compile } from "./payload-harness.ts";

export interface PreparedRule extends CompiledPayload {
  readonly packet: Packet;
  readonly flow: Flow;
}

/** Compiles the options and puts the packet, changed by `change`, under inspection. Throws RuleError. */
export function prepare(
  options: string,
  change: (packet: Packet, flow: Flow) => void = () => undefined,
): PreparedRule {
  const compiled = compile(options, "ip");
  const { context } = compiled;
  const { packet } = context;
  const flow = new Flow(0);
  packet.ipVersion = 4;
  packet.ipStart = 0;
  packet.ipHeaderLength = 20;
  packet.ipEnd = 40;
  packet.end = 60;
  packet.protocol = packet.transport = 6;
  packet.transportStart = 20;
  packet.transportHeaderLength = 20;
  packet.flow = context.flow = flow;
  change(packet, flow);
  return { ...compiled, packet, flow };
}

/** Whether all conditions on packet, flow and state hold. */
export function holds(rule: {
  readonly draft: RuleDraft;
  readonly context: DetectionContext;
}): boolean {
  return rule.draft.packetChecks.every(({ check }) => check.run(rule.context, check.data));
}

/** Whether the options hold for the packet as `change` leaves it. */
export function meets(options: string, change?: (packet: Packet, flow: Flow) => void): boolean {
  return holds(prepare(options, change));
}

/** What the rule does once it matched. */
export function runPostMatches(rule: PreparedRule): void {
  for (const change of rule.draft.postMatches) change.run(rule.context);
}

/** Start and end of the only buffer of the rule in the packet, or null where the packet has none. */
export function locate(rule: PreparedRule): readonly [number, number] | null {
  const [buffer] = rule.draft.buffers;
  const range = new ByteRange(rule.context.bytes);
  const isThere = buffer?.declaration.locate?.(rule.packet, range) ?? false;
  return isThere ? [range.start, range.end] : null;
}
