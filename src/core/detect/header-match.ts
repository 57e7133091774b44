/**
 * Whether a rule's header admits a packet, asked directly. The index (header-index.ts) gives the same answer
 * for all rules at once; this is what it is built from, and what explains a single rule.
 *
 * @hotpath
 */
import type { Packet } from "../layers/packet.ts";
import { holdsAddress } from "./address-classes.ts";
import type { CompiledRule } from "./compiled-rule.ts";
import type { HeaderProtocol } from "./header-protocols.ts";

/** `direction` of a packet that belongs to no flow. */
export const WITHOUT_FLOW = 2;

const TCP = 6;
const UDP = 17;
const SCTP = 132;

/** Whether ports of a header can be compared with those of the packet. */
export function hasPorts(packet: Packet): boolean {
  const { transport } = packet;
  return (transport === TCP || transport === UDP || transport === SCTP) && !packet.isFragment;
}

/** `direction` is a value of Direction, or WITHOUT_FLOW. */
export function admitsHeader(rule: CompiledRule, packet: Packet, direction: number): boolean {
  if (!admitsProtocol(rule.header.protocol, packet)) return false;
  if (!admitsDirection(rule, direction)) return false;
  const { header } = rule;
  if (!header.sourcePorts.any || !header.destinationPorts.any) {
    if (!hasPorts(packet)) return false;
    if (!header.sourcePorts.contains(packet.sourcePort)) return false;
    if (!header.destinationPorts.contains(packet.destinationPort)) return false;
  }
  if (packet.ipVersion === 0) return true;
  return (
    holdsAddress(header.source, packet.ipVersion, packet.sourceWords) &&
    holdsAddress(header.destination, packet.ipVersion, packet.destinationWords)
  );
}

export function admitsProtocol(protocol: HeaderProtocol, packet: Packet): boolean {
  switch (protocol.kind) {
    case "any":
      return true;
    case "ethernet":
      return packet.etherStart >= 0;
    case "arp":
      return packet.arpStart >= 0;
    case "ip":
      break;
    default:
      return protocol.kind satisfies never;
  }
  if (packet.ipVersion === 0) return false;
  if (protocol.ipVersion !== 0 && protocol.ipVersion !== packet.ipVersion) return false;
  return protocol.transports === null || protocol.transports.includes(packet.protocol);
}

/** Rules that ask for a direction or a flow match no packet without one. */
export function admitsDirection(rule: CompiledRule, direction: number): boolean {
  if (direction === WITHOUT_FLOW) return rule.flowDirection === 0 && !rule.requireFlow;
  return rule.flowDirection === 0 || rule.flowDirection - 1 === direction;
}
