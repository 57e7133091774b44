/**
 * Cheap facts about a packet as bits. A rule names the bits without which it cannot match, so that rules
 * without a pattern are left alone by most packets.
 *
 * @hotpath
 */
import type { Packet } from "../layers/packet.ts";

export const PacketGate = {
  /** There is payload in the packet, or stream data to inspect. */
  payload: 1,
  noPayload: 2,
  /** One of the TCP flags SYN, RST, FIN is set. */
  tcpControl: 4,
  /** One of the TCP flags URG, ECN, CWR is set. */
  tcpUnusual: 8,
  flow: 16,
  /** The packet carries a decoder or stream event. */
  event: 32,
  /** Some flow bit is set on the flow. */
  flowBits: 64,
  /** The flow counts as established. */
  established: 128,
  /** The application protocol was found, in the direction of the packet, since its last packet. */
  protocolFound: 256,
  /** The first packet of the flow from its client. */
  flowStart: 512,
  /** A measure of traffic has something to tell. */
  metric: 1024,
} as const;

const TCP_CONTROL = 0x01 | 0x02 | 0x04;
const TCP_UNUSUAL = 0x20 | 0x40 | 0x80;

/** The gates that a packet with these TCP flags opens. */
export function tcpFlagGates(tcpFlags: number): number {
  const control = (tcpFlags & TCP_CONTROL) !== 0 ? PacketGate.tcpControl : 0;
  return control | ((tcpFlags & TCP_UNUSUAL) !== 0 ? PacketGate.tcpUnusual : 0);
}

/** The gates that a packet opens by itself. `hasData`: there are bytes of payload or stream to look at. */
export function packetGates(packet: Packet, hasData: boolean): number {
  let gates: number = hasData ? PacketGate.payload : PacketGate.noPayload;
  if (packet.transport === 6 && !packet.streamEnd) gates |= tcpFlagGates(packet.tcpFlags);
  if (packet.eventCount > 0) gates |= PacketGate.event;
  return packet.established ? gates | PacketGate.established : gates;
}
