/**
 * What a packet adds to its flow: which end it came from, packets, bytes and hop limits of its direction.
 *
 * @hotpath
 */
import type { Packet } from "../layers/packet.ts";
import type { Flow } from "./flow.ts";

/** Whether an ICMP packet came from the end that began the flow. */
export function isIcmpFromClient(packet: Packet, flow: Flow): boolean {
  const { sourceWords } = packet;
  for (let i = 0; i < 4; i++) if (sourceWords[i] !== flow.sourceWords[i]) return false;
  return sourceDiffers(flow) || packet.icmpType === flow.icmpType;
}

/** The two ends have different addresses. */
function sourceDiffers(flow: Flow): boolean {
  for (let i = 0; i < 4; i++) if (flow.sourceWords[i] !== flow.destinationWords[i]) return true;
  return false;
}

export function countToServer(packet: Packet, flow: Flow, length: number): void {
  packet.firstInDirection = flow.packetsToServer === 0;
  const first = packet.firstInDirection;
  flow.ttlMinToServer = first ? packet.hopLimit : Math.min(flow.ttlMinToServer, packet.hopLimit);
  flow.ttlMaxToServer = Math.max(flow.ttlMaxToServer, packet.hopLimit);
  flow.packetsToServer++;
  flow.bytesToServer += length;
}

export function countToClient(packet: Packet, flow: Flow, length: number): void {
  packet.firstInDirection = flow.packetsToClient === 0;
  const first = packet.firstInDirection;
  flow.ttlMinToClient = first ? packet.hopLimit : Math.min(flow.ttlMinToClient, packet.hopLimit);
  flow.ttlMaxToClient = Math.max(flow.ttlMaxToClient, packet.hopLimit);
  if (first) {
    flow.responseIcmpType = packet.icmpType;
    flow.responseIcmpCode = packet.icmpCode;
  }
  flow.packetsToClient++;
  flow.bytesToClient += length;
}
