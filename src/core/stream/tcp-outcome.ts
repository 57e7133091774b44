/**
 * What a packet is to its connection.
 *
 * @hotpath
 */
import type { Packet } from "../layers/packet.ts";

export const Outcome = {
  /** It belongs to the connection and its data counts. */
  accepted: 0,
  /** Nothing to take from it, and nothing wrong with it. */
  ignored: 1,
  /** It does not fit the connection; inline it is dropped. */
  refused: 2,
} as const;

/** The packet does not fit, and the event says why. */
export function refuse(packet: Packet, event: number): number {
  packet.addEvent(event);
  return Outcome.refused;
}
