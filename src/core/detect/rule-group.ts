/**
 * The rules whose header admits one kind of flow (protocol, direction, address and port classes), divided by
 * how a packet finds them. Built when the first such flow appears and shared by all alike.
 *
 * @hotpath
 */
import type { CompiledRule } from "./compiled-rule.ts";
import type { PortGroup } from "./port-group.ts";
import { hasBit, type RuleBits } from "./rule-bits.ts";

export class RuleGroup {
  /** The payload searches, shared by all groups of the same ports. */
  readonly ports: PortGroup;
  /** All rules of the group. */
  readonly bits: RuleBits;
  /** Met once per flow and direction. */
  readonly ipOnly: readonly CompiledRule[];
  /** Rules gated by a packet event. */
  readonly byEvent: ReadonlyMap<number, readonly CompiledRule[]>;
  /**
   * Rules without a pattern: those of `gated[n]` can only match packets with all bits of `gates[n]`
   * (PacketGate).
   */
  readonly gates: Int32Array;
  readonly gated: readonly (readonly CompiledRule[])[];

  /** `unsearched`: the members that no pattern finds, in rule order. */
  constructor(ports: PortGroup, bits: RuleBits, unsearched: readonly CompiledRule[]) {
    const ipOnly: CompiledRule[] = [];
    const byEvent = new Map<number, CompiledRule[]>();
    const byGate = new Map<number, CompiledRule[]>();
    for (const rule of unsearched) {
      if (rule.type === "ip_only") ipOnly.push(rule);
      else if (rule.eventCode >= 0) append(byEvent, rule.eventCode, rule);
      else append(byGate, rule.gate, rule);
    }
    this.ports = ports;
    this.bits = bits;
    this.ipOnly = ipOnly;
    this.byEvent = byEvent;
    this.gates = Int32Array.from(byGate.keys());
    this.gated = [...byGate.values()];
  }

  has(rule: CompiledRule): boolean {
    return hasBit(this.bits, rule.index);
  }
}

function append(lists: Map<number, CompiledRule[]>, key: number, rule: CompiledRule): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [rule]);
  else list.push(rule);
}
