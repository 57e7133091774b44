/**
 * Finds the rules that a packet is evaluated against: by its events, by what it is (packet-gate.ts), and by the
 * pattern searches over its payload, its stream and its buffers.
 *
 * @hotpath
 */
import type { Packet } from "../layers/packet.ts";
import { MatchSet } from "../match/multi-pattern.ts";
import type { BufferInspector } from "./buffer-inspector.ts";
import type { Candidates } from "./candidates.ts";
import { WITHOUT_FLOW } from "./header-match.ts";
import { PacketGate } from "./packet-gate.ts";
import type { RuleGroup } from "./rule-group.ts";
import type { RuleSet } from "./rule-set.ts";

const TCP = 6;

export class CandidateSearch {
  private readonly ruleSet: RuleSet;
  private readonly inspector: BufferInspector;
  private readonly candidates: Candidates;
  private readonly found: MatchSet;
  /** Off: all rules that a search could find are candidates. */
  private readonly isSearching: boolean;

  constructor(
    ruleSet: RuleSet,
    inspector: BufferInspector,
    candidates: Candidates,
    isSearching: boolean,
  ) {
    this.ruleSet = ruleSet;
    this.inspector = inspector;
    this.candidates = candidates;
    this.found = new MatchSet(ruleSet.rules.length + 1);
    this.isSearching = isSearching;
  }

  /** Fills the candidates from the packet's group; `gates` are the bits of PacketGate that the packet has. */
  collect(group: RuleGroup, packet: Packet, gates: number): void {
    const { candidates } = this;
    candidates.reset();
    for (let i = 0; i < packet.eventCount; i++) {
      const rules = group.byEvent.get(packet.events[i]!);
      if (rules !== undefined) candidates.addAll(rules);
    }
    const groupGates = group.gates;
    for (let i = 0; i < groupGates.length; i++) {
      const gate = groupGates[i]!;
      if ((gates & gate) === gate) candidates.addAll(group.gated[i]!);
    }
    if (!this.isSearching) {
      candidates.addSearched(group, this.ruleSet.rules);
      return;
    }
    if ((gates & PacketGate.payload) !== 0) this.searchPayload(group, packet);
    if (group.ports.bufferSearches.length > 0) this.searchBuffers(group, packet);
  }

  private searchPayload(group: RuleGroup, packet: Packet): void {
    const { ruleSet, inspector, found } = this;
    const { bytes } = inspector;
    const { ports } = group;
    const direction = packet.flow === null ? WITHOUT_FLOW : packet.direction;
    found.reset();
    if (inspector.hasPayload) {
      const search = ruleSet.packetSearchOf(ports, packet, direction);
      search.search(bytes, packet.payloadStart, packet.payloadEnd, found);
    }
    if (packet.protocol === TCP) {
      const search = ruleSet.streamSearchOf(ports, packet, direction);
      if (inspector.hasStream) {
        search.search(bytes, inspector.streamStart, inspector.streamEnd, found);
      }
      if (inspector.hasPayload && !packet.inStream) {
        search.search(bytes, packet.payloadStart, packet.payloadEnd, found);
      }
    }
    this.candidates.addFound(found, group, ruleSet.rules);
  }

  private searchBuffers(group: RuleGroup, packet: Packet): void {
    const { found } = this;
    const { packetBuffers } = this.inspector;
    const { bufferSearches } = group.ports;
    found.reset();
    for (let i = 0; i < bufferSearches.length; i++) {
      const { bufferId, matcher } = bufferSearches[i]!;
      if (!packetBuffers.find(bufferId, packet)) continue;
      const { range } = packetBuffers;
      matcher.search(range.bytes, range.start, range.end, found);
    }
    this.candidates.addFound(found, group, this.ruleSet.rules);
  }
}
