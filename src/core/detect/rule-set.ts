/**
 * A compiled rule set: rules in order of evaluation, and the groups of rules that flows share. Read-only for
 * traffic but for groups, which are built when first needed and bounded in number.
 *
 * Rules that look into transactions are found by searches of their own (transaction-searches.ts), unless their
 * pattern is one of the payload.
 *
 * @hotpath
 */
import type { Packet } from "../layers/packet.ts";
import type { MultiPatternMatcher } from "../match/multi-pattern.ts";
import { type BufferEntry, PAYLOAD_BUFFER_ID } from "./buffer-table.ts";
import type { CompiledRule } from "./compiled-rule.ts";
import { FrameSearches } from "./frame-searches.ts";
import type { HeaderIndex } from "./header-index.ts";
import { PayloadMatchers } from "./payload-matchers.ts";
import { type BufferSearch, PortGroup } from "./port-group.ts";
import { emptyBits, isEmpty, keepBits, members, type RuleBits, setBit } from "./rule-bits.ts";
import type { RuleBuilder } from "./rule-builder.ts";
import { RuleGroup } from "./rule-group.ts";
import { TransactionSearches } from "./transaction-searches.ts";

/** Groups kept; at the limit all are thrown away and built again as needed. */
export const RULE_GROUPS_MAX = 16_384;

const TCP = 6;
const TWO_TO_32 = 4_294_967_296;
/** A power of two. */
const RECENT_GROUPS = 4096;
const NO_KEY = -1;

export class RuleSet {
  readonly rules: readonly CompiledRule[];
  readonly transactions: TransactionSearches;
  readonly frames: FrameSearches;
  readonly builder: RuleBuilder;
  /** The buffers that rules look into, by number. */
  readonly buffers: readonly BufferEntry[];
  /** Changes when the groups are thrown away: what flows remember is stale then. */
  generation = 0;
  /** How often the groups were thrown away. */
  groupFlushes = 0;
  readonly matchers: PayloadMatchers;
  private readonly index: HeaderIndex;
  private readonly kinds: PatternKinds;
  private readonly portGroups = new Map<number, PortGroup>();
  /** Groups asked for lately, direct mapped: a map has to box and hash keys as large as these. */
  private readonly recentKeys = new Float64Array(RECENT_GROUPS).fill(NO_KEY);
  private readonly recentGroups = new Array<PortGroup | null>(RECENT_GROUPS).fill(null);
  private groupCount = 0;

  constructor(
    rules: readonly CompiledRule[],
    builder: RuleBuilder,
    buffers: readonly BufferEntry[],
    index: HeaderIndex,
  ) {
    this.rules = rules;
    this.builder = builder;
    this.buffers = buffers;
    this.index = index;
    this.kinds = new PatternKinds(rules);
    this.matchers = new PayloadMatchers(rules, builder);
    this.transactions = new TransactionSearches(
      rules.filter(({ transaction }) => transaction !== null),
      this.matchers,
      buffers,
    );
    this.frames = new FrameSearches(
      rules.filter(({ frame }) => frame !== null),
      this.matchers,
    );
  }

  get groups(): number {
    return this.groupCount;
  }

  /** The group for a packet; `direction` is a value of Direction, or WITHOUT_FLOW. */
  groupOf(packet: Packet, direction: number): RuleGroup {
    const { index } = this;
    const kind = index.kindOf(packet, direction);
    const pair = index.portPairOf(packet);
    const key = kind * TWO_TO_32 + pair;
    const slot =
      (Math.imul(pair ^ Math.imul(kind, 0x85eb_ca6b), 0x9e37_79b1) >>> 16) % RECENT_GROUPS;
    const recent = this.recentKeys[slot] === key ? this.recentGroups[slot]! : null;
    const ports = recent ?? this.portGroups.get(key) ?? this.makePortGroup(packet, direction, key);
    if (recent === null) {
      this.recentKeys[slot] = key;
      this.recentGroups[slot] = ports;
    }
    const addressKey = index.addressPairOf(packet);
    if (ports.lastGroup !== null && ports.lastAddresses === addressKey) return ports.lastGroup;
    const known = ports.byAddresses.get(addressKey);
    const group = known ?? this.makeGroup(packet, direction, key, addressKey);
    ports.lastAddresses = addressKey;
    ports.lastGroup = group;
    return group;
  }

  /** The search for patterns in the payload of a packet. */
  packetSearchOf(ports: PortGroup, packet: Packet, direction: number): MultiPatternMatcher {
    if (ports.packetSearch !== null) return ports.packetSearch;
    const wanted = packet.protocol === TCP ? this.kinds.packet : this.kinds.payload;
    const matcher = this.searchFor(ports, packet, direction, wanted);
    ports.packetSearch = matcher;
    return matcher;
  }

  /** The search for patterns in the stream of a TCP packet. */
  streamSearchOf(ports: PortGroup, packet: Packet, direction: number): MultiPatternMatcher {
    if (ports.streamSearch !== null) return ports.streamSearch;
    const matcher = this.searchFor(ports, packet, direction, this.kinds.stream);
    ports.streamSearch = matcher;
    return matcher;
  }

  *counters(): IterableIterator<readonly [string, number]> {
    yield ["detect.groups", this.groupCount];
    yield ["detect.group_flushes", this.groupFlushes];
    yield ["detect.matchers", this.matchers.count];
    yield ["detect.matcher_bytes", this.matchers.byteLength];
    yield ["detect.matchers_refused", this.matchers.refused];
  }

  private searchFor(
    ports: PortGroup,
    packet: Packet,
    direction: number,
    wanted: RuleBits,
  ): MultiPatternMatcher {
    const bits = ports.bits.slice();
    keepBits(bits, wanted);
    const own = this.matchers.find(bits);
    if (own !== null) return own;
    const wide = this.index.admittedByKind(packet, direction).slice();
    keepBits(wide, wanted);
    return this.matchers.findAlways(wide);
  }

  private makePortGroup(packet: Packet, direction: number, key: number): PortGroup {
    if (this.groupCount + this.portGroups.size >= RULE_GROUPS_MAX) this.dropGroups();
    const bits = this.index.admittedByPorts(packet, direction);
    const searches: BufferSearch[] = [];
    for (const [bufferId, rules] of this.kinds.byBuffer) {
      const wanted = bits.slice();
      keepBits(wanted, rules);
      if (isEmpty(wanted)) continue;
      const matcher = this.matchers.find(wanted) ?? this.matchers.findAlways(rules);
      searches.push({ bufferId, matcher });
    }
    const ports = new PortGroup(bits, searches);
    this.portGroups.set(key, ports);
    return ports;
  }

  private makeGroup(packet: Packet, direction: number, key: number, addressKey: number): RuleGroup {
    if (this.groupCount + this.portGroups.size >= RULE_GROUPS_MAX) this.dropGroups();
    const ports = this.portGroups.get(key) ?? this.makePortGroup(packet, direction, key);
    const bits = ports.bits.slice();
    this.index.keepAddresses(bits, packet);
    let group = ports.byBits.get(bits);
    if (group === undefined) {
      const unsearched = bits.slice();
      keepBits(unsearched, this.kinds.unsearched);
      const rules = members(unsearched).map((index) => this.rules[index]!);
      group = new RuleGroup(ports, bits, rules);
      ports.byBits.set(bits, group);
    }
    ports.byAddresses.set(addressKey, group);
    this.groupCount++;
    return group;
  }

  private dropGroups(): void {
    this.portGroups.clear();
    this.recentKeys.fill(NO_KEY);
    this.recentGroups.fill(null);
    this.groupCount = 0;
    this.groupFlushes++;
    this.generation++;
  }
}

/** Rules by what finds them. */
class PatternKinds {
  /** With a pattern of the payload; of these the ones that look into TCP packets, into the stream. */
  readonly payload: RuleBits;
  readonly packet: RuleBits;
  readonly stream: RuleBits;
  readonly byBuffer = new Map<number, RuleBits>();
  /** Found by no pattern, those with transactions left out. */
  readonly unsearched: RuleBits;

  constructor(rules: readonly CompiledRule[]) {
    this.payload = emptyBits(rules.length);
    this.packet = emptyBits(rules.length);
    this.stream = emptyBits(rules.length);
    this.unsearched = emptyBits(rules.length);
    for (const rule of rules) this.add(rule, rules.length);
  }

  private add(rule: CompiledRule, ruleCount: number): void {
    const { index, fastPattern } = rule;
    if (rule.frame !== null) return;
    if (rule.transaction !== null && fastPattern?.bufferId !== PAYLOAD_BUFFER_ID) return;
    if (fastPattern === null || rule.eventCode >= 0) {
      setBit(this.unsearched, index);
    } else if (fastPattern.bufferId !== PAYLOAD_BUFFER_ID) {
      let bits = this.byBuffer.get(fastPattern.bufferId);
      if (bits === undefined) {
        bits = emptyBits(ruleCount);
        this.byBuffer.set(fastPattern.bufferId, bits);
      }
      setBit(bits, index);
    } else {
      setBit(this.payload, index);
      if (rule.inspectPacket) setBit(this.packet, index);
      if (rule.inspectStream) setBit(this.stream, index);
    }
  }
}
