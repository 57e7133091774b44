/**
 * Tags of rules: which later packets of a session or host are recorded, until a count of packets, seconds or
 * bytes is reached. Tags of sessions live with the flow, those of hosts in a bounded table, which engines in threads
 * share; at the limit a new one is refused and counted. The packet that sets a tag counts, but its alert records it
 * already.
 */
import type { Packet } from "../layers/packet.ts";
import type { AddressStore } from "./address-store.ts";
import { AddressTable } from "./address-table.ts";
import type { CompiledRule } from "./compiled-rule.ts";
import type { DetectionState } from "./detection-state.ts";
import { knownFlowState, type SessionTag } from "./flow-detection-state.ts";
import { TAGS_PER_RULE_MAX, type TagSpec } from "./rule-state.ts";
import { HOST_TAGS_MAX, type SharedState } from "./shared-state.ts";

/** Tags of one session, as Suricata allows. */
export const SESSION_TAGS_MAX = 50;

const SECOND_US = 1_000_000;
/** A host that was not seen for so long loses its tags. */
const HOST_IDLE_US = 600 * SECOND_US;

/** A rule's tag of hosts. Its name is the rule's numbers, so that it outlives a reload and is the same in all threads. */
interface HostTag {
  readonly spec: TagSpec;
  /** The rule's generator, and the tag's place in the rule. */
  readonly generator: number;
  readonly sid: number;
  readonly mark: number;
  /** It was set on some host, by this engine. */
  isSet: boolean;
}

export class Tags {
  /** Tags that found no room. */
  refused = 0;
  private readonly state: DetectionState;
  private readonly shared: SharedState | null;
  private readonly hosts: AddressStore;
  /** What says in `extra` that the packet at hand set the tag: another number for each engine that shares the table. */
  private readonly own: number;
  private hostTags: readonly HostTag[] = [];

  constructor(
    state: DetectionState,
    rules: readonly CompiledRule[],
    hostLimitCount = HOST_TAGS_MAX,
    seed = 0,
  ) {
    this.state = state;
    this.shared = state.shared;
    this.hosts = state.shared?.hostTags ?? new AddressTable(hostLimitCount, seed);
    this.own = state.shared?.threadNumber ?? 1;
    this.useRules(rules);
  }

  /** Tags the session or a host of the packet, unless the rule did before. */
  set(rule: CompiledRule, packet: Packet): void {
    for (const [place, spec] of rule.tags.entries()) {
      const tagId = rule.index * TAGS_PER_RULE_MAX + place;
      if (spec.scope === "session") this.setSession(tagId, spec, packet);
      else if (packet.ipVersion !== 0) this.setHost(hostTagOf(rule, spec, place), packet);
    }
  }

  /** Whether the packet is to be recorded because of an earlier match; counts it. Once for each packet. */
  covers(packet: Packet): boolean {
    if (packet.streamEnd) return false;
    const ofSession = this.coversSession(packet);
    if (this.hostTags.length === 0 || packet.ipVersion === 0) return ofSession;
    if (this.hosts.countOfAll === 0) return ofSession;
    const ofSource = this.coversHost(packet, packet.sourceWords);
    const ofDestination = this.coversHost(packet, packet.destinationWords);
    return ofSession || ofSource || ofDestination;
  }

  /** Another rule set is in use; tags of sessions go with their flows. */
  useRules(rules: readonly CompiledRule[]): void {
    const known = this.hostTags;
    const tags = rules.flatMap((rule) =>
      rule.tags.flatMap((spec, place) =>
        spec.scope === "host" ? [hostTagOf(rule, spec, place)] : [],
      ),
    );
    // A rule written `<>` is two with the same numbers.
    this.hostTags = tags.filter(
      (tag, index) => tags.findIndex((one) => isSame(one, tag)) === index,
    );
    for (const tag of this.hostTags) {
      tag.isSet = known.some((one) => one.isSet && isSame(one, tag));
    }
  }

  clear(): void {
    this.hosts.clear();
    for (const tag of this.hostTags) tag.isSet = false;
  }

  private setSession(tagId: number, spec: TagSpec, packet: Packet): void {
    if (packet.flow === null) return;
    const state = this.state.ofFlow(packet.flow);
    state.tags ??= [];
    if (state.tags.some((tag) => tag.tagId === tagId)) return;
    if (state.tags.length >= SESSION_TAGS_MAX) {
      this.refused++;
      return;
    }
    const startUs = packet.timeUs;
    state.tags.push({ tagId, spec, startUs, amount: 0, isFirst: true });
  }

  private setHost(named: HostTag, packet: Packet): void {
    const tag = this.hostTags.find((one) => isSame(one, named));
    if (tag === undefined) return;
    tag.isSet = true;
    this.shared?.markTag(tag.mark);
    const isTarget = tag.spec.hostDirection === "destination";
    this.setKey(tag, packet, isTarget ? packet.destinationWords : packet.sourceWords);
    const { hosts } = this;
    if (!hosts.acquire()) {
      this.refused++;
      return;
    }
    if (hosts.find(packet.timeUs) < 0) this.begin(hosts.insert(packet.timeUs), packet.timeUs);
    hosts.release();
  }

  private begin(slot: number, nowUs: number): void {
    const { hosts } = this;
    if (slot < 0) {
      this.refused++;
      return;
    }
    hosts.startUs[slot] = nowUs;
    hosts.extra[slot] = this.own;
    hosts.expiresUs[slot] = nowUs + HOST_IDLE_US;
  }

  private setKey(tag: HostTag, { ipVersion }: Packet, words: Int32Array): void {
    this.hosts.key.set(tag.generator * 16 + ipVersion, tag.sid, words);
  }

  private coversSession(packet: Packet): boolean {
    const tags = packet.flow === null ? null : (knownFlowState(packet.flow)?.tags ?? null);
    if (tags === null || tags.length === 0) return false;
    let covered = false;
    let kept = 0;
    for (const tag of tags) {
      const fate = count(tag, packet);
      if (fate !== "over") tags[kept++] = tag;
      if (fate === "covered") covered = true;
    }
    tags.length = kept;
    return covered;
  }

  private coversHost(packet: Packet, words: Int32Array): boolean {
    const { hosts, shared } = this;
    let covered = false;
    for (const tag of this.hostTags) {
      if (!tag.isSet && shared?.isTagMarked(tag.mark) !== true) continue;
      this.setKey(tag, packet, words);
      if (!hosts.acquire()) continue;
      const slot = hosts.find(packet.timeUs);
      if (slot >= 0 && this.countAt(slot, tag, packet)) covered = true;
      hosts.release();
    }
    return covered;
  }

  /** Counts the packet of a host; true when it is to be recorded. */
  private countAt(slot: number, { spec, sid }: HostTag, packet: Packet): boolean {
    const { hosts, own } = this;
    const tag: SessionTag = {
      tagId: sid,
      spec,
      startUs: hosts.startUs[slot]!,
      amount: hosts.amount[slot]!,
      isFirst: hosts.extra[slot] === own,
    };
    const fate = count(tag, packet);
    if (fate === "over") {
      hosts.remove(slot);
      return false;
    }
    hosts.amount[slot] = tag.amount;
    // What another thread's packet set is for that packet to take away.
    if (hosts.extra[slot] === own) hosts.extra[slot] = 0;
    hosts.expiresUs[slot] = packet.timeUs + HOST_IDLE_US;
    return fate === "covered";
  }
}

function hostTagOf({ gid, sid }: CompiledRule, spec: TagSpec, place: number): HostTag {
  const generator = gid * TAGS_PER_RULE_MAX + place;
  const mark = Math.imul(sid ^ Math.imul(generator, 0x85ebca6b), 0x9e3779b1) >>> 16;
  return { spec, generator, sid, mark, isSet: false };
}

function isSame(one: HostTag, other: HostTag): boolean {
  return one.sid === other.sid && one.generator === other.generator;
}

function count(tag: SessionTag, packet: Packet): "covered" | "first" | "over" {
  const { metric } = tag.spec;
  if (metric === "packets") tag.amount++;
  else if (metric === "bytes") tag.amount += packet.end - packet.start;
  if (tag.isFirst) {
    tag.isFirst = false;
    return "first";
  }
  return isOver(tag, packet.timeUs) ? "over" : "covered";
}

function isOver({ spec, startUs, amount }: SessionTag, nowUs: number): boolean {
  if (spec.count === 0) return false;
  if (spec.metric !== "seconds") return amount > spec.count;
  return Math.floor(nowUs / SECOND_US) - Math.floor(startUs / SECOND_US) > spec.count;
}
