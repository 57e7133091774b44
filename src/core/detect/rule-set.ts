/**
 * A compiled rule set: rules in order of evaluation, and the groups of rules that flows share. Read-only for
 * traffic but for groups, which are built when first needed and bounded in number.
 *
 * @hotpath
 */

import type { Packet } from "../layers/packet.ts";
import { MultiPatternBuilder, type MultiPatternMatcher } from "../match/multi-pattern.ts";
import type { ThresholdLine } from "../rule/threshold-file.ts";
import { AddressClasses } from "./address-classes.ts";
import type { CompiledRule } from "./compiled-rule.ts";
import { PortClasses } from "./port-classes.ts";
import type { RuleBuilder } from "./rule-builder.ts";
import { RuleGroup } from "./rule-group.ts";

/** Groups kept; at the limit all are thrown away and built again as needed. */
export const RULE_GROUPS_MAX = 16_384;

export class RuleSet {
  readonly rules: readonly CompiledRule[];
  readonly builder: RuleBuilder;
  readonly thresholds: readonly ThresholdLine[];
  /** Changes when the groups are thrown away: what flows remember is stale then. */
  generation = 0;
  private readonly ports: PortClasses;
  private readonly addresses: AddressClasses;
  private readonly groups = new Map<number, Map<number, RuleGroup>>();
  private readonly byRules = new Map<string, RuleGroup>();
  private readonly matchers = new Map<string, MultiPatternMatcher>();
  private groupCount = 0;

  constructor(
    rules: readonly CompiledRule[],
    builder: RuleBuilder,
    thresholds: readonly ThresholdLine[],
  ) {
    this.rules = rules;
    this.builder = builder;
    this.thresholds = thresholds;
    this.ports = new PortClasses(
      rules.flatMap(({ header }) => [header.sourcePorts, header.destinationPorts]),
    );
    this.addresses = new AddressClasses(
      rules.flatMap(({ header }) => [header.source, header.destination]),
    );
  }

  /** The group for a packet. `direction` is 0 to server, 1 to client, 2 without a flow. */
  groupOf(packet: Packet, direction: number): RuleGroup {
    const { ipVersion, protocol } = packet;
    const source = this.addresses.find(ipVersion, packet.sourceWords);
    const destination = this.addresses.find(ipVersion, packet.destinationWords);
    const sourcePort = this.ports.classes[packet.sourcePort]!;
    const destinationPort = this.ports.classes[packet.destinationPort]!;
    const kind =
      (((ipVersion === 6 ? 1 : ipVersion === 4 ? 0 : 2) * 3 + direction) << 8) | protocol;
    const portKey = (kind * 65_536 + sourcePort) * 65_536 + destinationPort;
    const addressKey = source * 4_194_304 + destination;
    const known = this.groups.get(portKey)?.get(addressKey);
    return known ?? this.makeGroup(packet, direction, portKey, addressKey);
  }

  /** The matcher of a group's payload patterns; groups with equal patterns share it. */
  matcherOf(group: RuleGroup): MultiPatternMatcher {
    if (group.matcher !== null) return group.matcher;
    const key = group.patterned.map(({ index }) => index).join(",");
    let matcher = this.matchers.get(key);
    if (matcher === undefined) {
      const patterns = new MultiPatternBuilder();
      group.patterned.forEach(({ fastPattern }, place) => {
        if (fastPattern !== null) patterns.add(fastPattern.bytes, fastPattern.nocase, place);
      });
      matcher = patterns.build(this.builder.kernels, this.builder.arena);
      this.matchers.set(key, matcher);
    }
    group.matcher = matcher;
    return matcher;
  }

  private makeGroup(
    packet: Packet,
    direction: number,
    portKey: number,
    addressKey: number,
  ): RuleGroup {
    if (this.groupCount >= RULE_GROUPS_MAX) this.dropGroups();
    const rules = this.rules.filter((rule) => admits(rule, packet, direction));
    const key = rules.map(({ index }) => index).join(",");
    const group = this.byRules.get(key) ?? new RuleGroup(rules);
    this.byRules.set(key, group);
    let byAddress = this.groups.get(portKey);
    if (byAddress === undefined) {
      byAddress = new Map();
      this.groups.set(portKey, byAddress);
    }
    byAddress.set(addressKey, group);
    this.groupCount++;
    return group;
  }

  private dropGroups(): void {
    this.groups.clear();
    this.byRules.clear();
    this.groupCount = 0;
    this.generation++;
  }
}

/** Whether the rule's header and direction admit the packet. */
export function admits(rule: CompiledRule, packet: Packet, direction: number): boolean {
  const { header } = rule;
  const { transports, ipVersion } = header.protocol;
  if (transports !== null && !transports.includes(packet.transport)) return false;
  if (ipVersion !== 0 && ipVersion !== packet.ipVersion) return false;
  if (rule.flowDirection !== 0 && direction !== 2 && rule.flowDirection - 1 !== direction)
    return false;
  if (header.protocol.name === "pkthdr") return true;
  if (packet.ipVersion === 0) return false;
  if (endsMatch(rule, packet, false)) return true;
  return header.bidirectional && endsMatch(rule, packet, true);
}

function endsMatch(rule: CompiledRule, packet: Packet, swapped: boolean): boolean {
  const { header } = rule;
  const source = swapped ? packet.destinationWords : packet.sourceWords;
  const destination = swapped ? packet.sourceWords : packet.destinationWords;
  const sourcePort = swapped ? packet.destinationPort : packet.sourcePort;
  const destinationPort = swapped ? packet.sourcePort : packet.destinationPort;
  return (
    portMatches(header.sourcePorts, packet, sourcePort) &&
    portMatches(header.destinationPorts, packet, destinationPort) &&
    addressMatches(header.source, packet.ipVersion, source) &&
    addressMatches(header.destination, packet.ipVersion, destination)
  );
}

/** Protocols without ports match only rules for any port. */
function portMatches(
  set: CompiledRule["header"]["sourcePorts"],
  packet: Packet,
  port: number,
): boolean {
  if (set.any) return true;
  const { transport } = packet;
  const hasPorts = transport === 6 || transport === 17 || transport === 132;
  return hasPorts && set.contains(port);
}

function addressMatches(
  set: CompiledRule["header"]["source"],
  ipVersion: number,
  words: Int32Array,
): boolean {
  if (set.any) return true;
  if (ipVersion === 4) return set.containsIpv4(words[0]! >>> 0);
  return set.containsIpv6(words[0]! >>> 0, words[1]! >>> 0, words[2]! >>> 0, words[3]! >>> 0);
}
