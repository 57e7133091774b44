/**
 * Tags of rules: which later packets of a session or host are recorded, until a count of packets, seconds or
 * bytes is reached. Tags of sessions live with the flow, those of hosts in a bounded table; at the limit a new
 * one is refused and counted. The packet that sets a tag counts, but its alert records it already.
 */
import type { Packet } from "../layers/packet.ts";
import { AddressTable } from "./address-table.ts";
import type { CompiledRule } from "./compiled-rule.ts";
import type { DetectionState } from "./detection-state.ts";
import { knownFlowState, type SessionTag } from "./flow-detection-state.ts";
import { carriedTag, type RuleCarry } from "./rule-carry.ts";
import { TAGS_PER_RULE_MAX, type TagSpec } from "./rule-state.ts";

/** Tagged hosts kept at once. */
export const HOST_TAGS_MAX = 65_536;
/** Tags of one session, as Suricata allows. */
export const SESSION_TAGS_MAX = 50;

const SECOND_US = 1_000_000;
/** A host that was not seen for so long loses its tags. */
const HOST_IDLE_US = 600 * SECOND_US;

export class Tags {
  /** Tags that found no room. */
  refused = 0;
  private readonly state: DetectionState;
  private readonly hosts: AddressTable;
  /** Tags of rules that were set on a host so far, by their number. */
  private readonly hostTags = new Map<number, TagSpec>();

  constructor(state: DetectionState, hostLimitCount = HOST_TAGS_MAX, seed = 0) {
    this.state = state;
    this.hosts = new AddressTable(hostLimitCount, seed);
  }

  /** Tags the session or a host of the packet, unless the rule did before. */
  set(rule: CompiledRule, packet: Packet): void {
    for (const [place, spec] of rule.tags.entries()) {
      const tagId = rule.index * TAGS_PER_RULE_MAX + place;
      if (spec.scope === "session") this.setSession(tagId, spec, packet);
      else if (packet.ipVersion !== 0) this.setHost(tagId, spec, packet);
    }
  }

  /** Whether the packet is to be recorded because of an earlier match; counts it. Once for each packet. */
  covers(packet: Packet): boolean {
    if (packet.streamEnd) return false;
    const ofSession = this.coversSession(packet);
    if (this.hosts.count === 0 || packet.ipVersion === 0) return ofSession;
    const ofSource = this.coversHost(packet, packet.sourceWords);
    const ofDestination = this.coversHost(packet, packet.destinationWords);
    return ofSession || ofSource || ofDestination;
  }

  /** Another rule set is in use; tags of sessions go with their flows. */
  carry({ named }: RuleCarry): void {
    const places = Int32Array.from({ length: named.length * TAGS_PER_RULE_MAX }, (_, tagId) =>
      carriedTag(tagId, named),
    );
    this.hosts.renumber(places);
    const tags = [...this.hostTags];
    this.hostTags.clear();
    for (const [tagId, spec] of tags) {
      const carried = places[tagId] ?? -1;
      if (carried >= 0) this.hostTags.set(carried, spec);
    }
  }

  clear(): void {
    this.hosts.clear();
    this.hostTags.clear();
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

  private setHost(tagId: number, spec: TagSpec, packet: Packet): void {
    const isTarget = spec.hostDirection === "destination";
    const words = isTarget ? packet.destinationWords : packet.sourceWords;
    this.hosts.setKey(packet.ipVersion, tagId, words);
    if (this.hosts.find(packet.timeUs) >= 0) return;
    const slot = this.hosts.insert(packet.timeUs);
    if (slot < 0) {
      this.refused++;
      return;
    }
    this.hostTags.set(tagId, spec);
    this.hosts.startUs[slot] = packet.timeUs;
    this.hosts.extra[slot] = 1;
    this.hosts.expiresUs[slot] = packet.timeUs + HOST_IDLE_US;
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
    const { hosts } = this;
    let covered = false;
    for (const [tagId, spec] of this.hostTags) {
      hosts.setKey(packet.ipVersion, tagId, words);
      const slot = hosts.find(packet.timeUs);
      if (slot < 0) continue;
      const tag: SessionTag = {
        tagId,
        spec,
        startUs: hosts.startUs[slot]!,
        amount: hosts.amount[slot]!,
        isFirst: hosts.extra[slot] === 1,
      };
      const fate = count(tag, packet);
      if (fate === "over") {
        hosts.remove(slot);
        continue;
      }
      hosts.amount[slot] = tag.amount;
      hosts.extra[slot] = 0;
      hosts.expiresUs[slot] = packet.timeUs + HOST_IDLE_US;
      covered ||= fate === "covered";
    }
    return covered;
  }
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
