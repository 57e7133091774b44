/**
 * The rules whose header admits one kind of flow (protocol, direction, address and port classes), with the
 * payload matcher over their fast patterns. Built when the first such flow appears and shared by all alike.
 *
 * @hotpath
 */
import type { MultiPatternMatcher } from "../match/multi-pattern.ts";
import type { CompiledRule } from "./compiled-rule.ts";

export class RuleGroup {
  /** Rules without a pattern that every packet meets, and those that only packets with payload meet. */
  readonly always: readonly CompiledRule[];
  readonly alwaysWithPayload: readonly CompiledRule[];
  /** Met once per flow and direction. */
  readonly ipOnly: readonly CompiledRule[];
  /** Rules gated by a packet event. */
  readonly byEvent: ReadonlyMap<number, readonly CompiledRule[]>;
  /** Rules with a fast pattern; its number in the matcher is the place here. */
  readonly patterned: readonly CompiledRule[];
  matcher: MultiPatternMatcher | null = null;

  constructor(rules: readonly CompiledRule[]) {
    const always: CompiledRule[] = [];
    const withPayload: CompiledRule[] = [];
    const ipOnly: CompiledRule[] = [];
    const byEvent = new Map<number, CompiledRule[]>();
    const patterned: CompiledRule[] = [];
    for (const rule of rules) {
      if (rule.eventCode >= 0) {
        const list = byEvent.get(rule.eventCode);
        if (list === undefined) byEvent.set(rule.eventCode, [rule]);
        else list.push(rule);
      } else if (rule.type === "ip_only") ipOnly.push(rule);
      else if (rule.fastPattern !== null) patterned.push(rule);
      else if (rule.requirePayload) withPayload.push(rule);
      else always.push(rule);
    }
    this.always = always;
    this.alwaysWithPayload = withPayload;
    this.ipOnly = ipOnly;
    this.byEvent = byEvent;
    this.patterned = patterned;
  }
}
