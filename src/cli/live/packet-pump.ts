/** Where a live session's packets come from: sources that are watched, or a bridge. */
import type { LiveSourceCounts } from "../../node/live/live-source.ts";

/** One interface, for the stats and the control socket. */
export interface InterfaceState extends LiveSourceCounts {
  readonly name: string;
  readonly driver: string;
  /** Packets sent on to the other side; absent where none are forwarded. */
  readonly forwarded?: number;
  /** Packets that could not be sent: too long for the other side, interface down. */
  readonly sendFailures?: number;
}

export interface PacketPump {
  /** Takes what waits, without blocking. Returns how many packets. Throws LiveError. */
  pump(): number;
  /** Until packets wait, or the time is over. */
  wait(timeoutMs: number): Promise<boolean>;
  /** Packets are played back: their times have nothing to do with the time of day. */
  readonly isPlayback?: boolean;
  interfaces(): readonly InterfaceState[];
  close(): void;
}
