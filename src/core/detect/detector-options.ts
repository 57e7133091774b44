/** How a detector is set up, and where it reads reassembled data from. */
import type { Arena } from "../bytes/arena.ts";
import type { Packet } from "../layers/packet.ts";
import type { TcpSession } from "../stream/tcp-session.ts";

export interface DetectorOptions {
  /** Drop rules drop: inline, or simulated. */
  readonly inline: boolean;
  readonly alertsPerPacketMax: number;
  readonly thresholdCountsMax?: number;
  /** Where scratch space comes from; the rule set's own arena by default. */
  readonly arena?: Arena;
  /** Off: every rule whose header admits the packet is evaluated; the same alerts, slowly. Default on. */
  readonly prefilter?: "on" | "off";
  /** Key of the hash tables that traffic fills. */
  readonly seed?: number;
}

/** The stream data that a packet makes available; that of the TCP tracker is one. */
export interface RawStreamSource {
  /** Data is there when it comes, not when it is acknowledged. */
  readonly options: { readonly inline: boolean };
  readonly rawStart: number;
  readonly rawEnd: number;
  readonly rawOffset: number;
  rawWindow(packet: Packet, session: TcpSession): boolean;
  rawConsume(packet: Packet, session: TcpSession): void;
}
