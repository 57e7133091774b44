/**
 * All rules whose header admits a packet, as bits: the intersection of what its protocol and direction, its two
 * addresses and its two ports admit. Each part is kept by class once computed, so the rules of a new kind of
 * flow cost five intersections of a few kilobytes.
 *
 * @hotpath
 */
import type { Packet } from "../layers/packet.ts";
import type { AddressSet } from "../rule/address-set.ts";
import type { PortSet } from "../rule/port-set.ts";
import { AddressClasses, holdsAddress } from "./address-classes.ts";
import type { CompiledRule } from "./compiled-rule.ts";
import { admitsDirection, admitsProtocol, hasPorts } from "./header-match.ts";
import { PortClasses } from "./port-classes.ts";
import { addBits, emptyBits, keepBits, type RuleBits, setBit } from "./rule-bits.ts";

/** Bits of the rules that have one and the same set at one side of their header. */
interface SetRules<HeaderSet> {
  readonly set: HeaderSet;
  readonly bits: RuleBits;
}

export class HeaderIndex {
  private readonly rules: readonly CompiledRule[];
  private readonly ports: PortClasses;
  private readonly addresses: AddressClasses;
  private readonly sides: readonly [Side, Side];
  private readonly kinds = new Map<number, RuleBits>();

  private constructor(
    rules: readonly CompiledRule[],
    ports: PortClasses,
    addresses: AddressClasses,
    sides: readonly [Side, Side],
  ) {
    this.rules = rules;
    this.ports = ports;
    this.addresses = addresses;
    this.sides = sides;
  }

  /** Made in a few steps: each takes a tenth of a second for tens of thousands of rules. */
  static *inSteps(rules: readonly CompiledRule[]): Generator<undefined, HeaderIndex> {
    const headers = rules.map(({ header }) => header);
    const ports = new PortClasses(headers.flatMap((h) => [h.sourcePorts, h.destinationPorts]));
    yield;
    const addresses = new AddressClasses(headers.flatMap((h) => [h.source, h.destination]));
    yield;
    const source = new Side(
      headers.map((h) => h.source),
      headers.map((h) => h.sourcePorts),
    );
    yield;
    const destination = new Side(
      headers.map((h) => h.destination),
      headers.map((h) => h.destinationPorts),
    );
    yield;
    return new HeaderIndex(rules, ports, addresses, [source, destination]);
  }

  /** Number of what the packet's protocol, direction and kind of ports admit; below 2^16. */
  kindOf(packet: Packet, direction: number): number {
    const { ipVersion } = packet;
    const version = ipVersion === 4 ? 1 : ipVersion === 6 ? 2 : 0;
    const link = (packet.etherStart >= 0 ? 1 : 0) | (packet.arpStart >= 0 ? 2 : 0);
    const flags = hasPorts(packet) ? 1 : 0;
    return ((((version * 3 + direction) * 4 + link) * 2 + flags) << 8) | packet.protocol;
  }

  /** Number of the packet's pair of port classes; below 2^32, 0 where ports do not count. */
  portPairOf(packet: Packet): number {
    if (!hasPorts(packet)) return 0;
    const { classes } = this.ports;
    return classes[packet.sourcePort]! * 65_536 + classes[packet.destinationPort]!;
  }

  /** Number of the packet's pair of address classes; below 2^44. */
  addressPairOf(packet: Packet): number {
    const { ipVersion } = packet;
    if (ipVersion === 0) return 0;
    const source = this.addresses.find(ipVersion, packet.sourceWords);
    return source * 4_194_304 + this.addresses.find(ipVersion, packet.destinationWords);
  }

  /** Rules that admit the packet, addresses left out; the caller owns the set. */
  admittedByPorts(packet: Packet, direction: number): RuleBits {
    const bits = this.admittedByKind(packet, direction).slice();
    const withPorts = hasPorts(packet);
    for (let side = 0; side < 2; side++) {
      const port = side === 0 ? packet.sourcePort : packet.destinationPort;
      keepBits(
        bits,
        this.sides[side]!.portBits(withPorts ? this.ports.classes[port]! : -1, this.ports),
      );
    }
    return bits;
  }

  /** Takes from `bits` the rules that do not admit the packet's addresses. */
  keepAddresses(bits: RuleBits, packet: Packet): void {
    const { ipVersion } = packet;
    if (ipVersion === 0) return;
    for (let side = 0; side < 2; side++) {
      const words = side === 0 ? packet.sourceWords : packet.destinationWords;
      const number = this.addresses.find(ipVersion, words);
      keepBits(bits, this.sides[side]!.addressBits(number, this.addresses));
    }
  }

  /** Rules that admit the packet's protocol and direction; shared, not to be changed. */
  admittedByKind(packet: Packet, direction: number): RuleBits {
    const kind = this.kindOf(packet, direction);
    const known = this.kinds.get(kind);
    if (known !== undefined) return known;
    const bits = emptyBits(this.rules.length);
    for (let i = 0; i < this.rules.length; i++) {
      const rule = this.rules[i]!;
      if (!admitsDirection(rule, direction)) continue;
      if (admitsProtocol(rule.header.protocol, packet)) setBit(bits, i);
    }
    this.kinds.set(kind, bits);
    return bits;
  }
}

/** One side of all headers, source or destination. */
class Side {
  private readonly addressSets: readonly SetRules<AddressSet>[];
  private readonly portSets: readonly SetRules<PortSet>[];
  private readonly ruleCount: number;
  private readonly byAddress = new Map<number, RuleBits>();
  private readonly byPort = new Map<number, RuleBits>();

  constructor(addresses: readonly AddressSet[], ports: readonly PortSet[]) {
    this.ruleCount = addresses.length;
    this.addressSets = groupBySet(addresses);
    this.portSets = groupBySet(ports);
  }

  /** Rules whose ports at this side hold those of a class; -1: the packet has no ports. */
  portBits(number: number, classes: PortClasses): RuleBits {
    const known = this.byPort.get(number);
    if (known !== undefined) return known;
    const port = number < 0 ? -1 : classes.representatives[number]!;
    const bits = emptyBits(this.ruleCount);
    for (const { set, bits: rules } of this.portSets) {
      if (set.any || (port >= 0 && set.contains(port))) addBits(bits, rules);
    }
    this.byPort.set(number, bits);
    return bits;
  }

  addressBits(number: number, classes: AddressClasses): RuleBits {
    const known = this.byAddress.get(number);
    if (known !== undefined) return known;
    const { ipVersion, words } = classes.representatives[number]!;
    const bits = emptyBits(this.ruleCount);
    for (const { set, bits: rules } of this.addressSets) {
      if (holdsAddress(set, ipVersion, words)) addBits(bits, rules);
    }
    this.byAddress.set(number, bits);
    return bits;
  }
}

function groupBySet<HeaderSet>(sets: readonly HeaderSet[]): SetRules<HeaderSet>[] {
  const known = new Map<HeaderSet, RuleBits>();
  sets.forEach((set, index) => {
    let bits = known.get(set);
    if (bits === undefined) {
      bits = emptyBits(sets.length);
      known.set(set, bits);
    }
    setBit(bits, index);
  });
  return [...known].map(([set, bits]) => ({ set, bits }));
}
