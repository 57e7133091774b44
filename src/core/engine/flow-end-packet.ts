/** The packets that inspect what is left of a stream or a protocol at its end: addresses and ports, no bytes. */
import type { Flow } from "../flow/flow.ts";
import { Direction, type Packet, PacketSource } from "../layers/packet.ts";

export function makeFlowEndPacket(
  packet: Packet,
  flow: Flow,
  direction: number,
  timeUs: number,
): void {
  const toServer = direction === Direction.toServer;
  packet.reset();
  packet.timeUs = timeUs;
  packet.source = PacketSource.flowTimeout;
  packet.noPayloadInspection = flow.noPayloadInspection;
  packet.ipVersion = flow.ipVersion;
  packet.protocol = packet.transport = flow.protocol;
  packet.sourceWords.set(toServer ? flow.sourceWords : flow.destinationWords);
  packet.destinationWords.set(toServer ? flow.destinationWords : flow.sourceWords);
  packet.sourcePort = toServer ? flow.sourcePort : flow.destinationPort;
  packet.destinationPort = toServer ? flow.destinationPort : flow.sourcePort;
  packet.vlanCount = flow.vlanCount;
  packet.vlanIds.set(flow.vlanIds);
  packet.flow = flow;
  packet.direction = direction;
  packet.tcpFlags = 0x10;
  packet.inStream = packet.established = packet.inConnection = packet.streamEnd = true;
}

/** Transactions are inspected while `current` is the packet that ends their protocol. */
export function makeProtocolEndPacket(
  packet: Packet,
  flow: Flow,
  direction: number,
  current: Packet,
): void {
  makeFlowEndPacket(packet, flow, direction, current.timeUs);
  packet.source = PacketSource.streamFlush;
  packet.captureNumber = current.captureNumber;
  packet.noPayloadInspection = true;
  packet.noInspection = current.noInspection;
}
