/**
 * What an alert tells about a measure that left its range: the value, what was expected, how that was learned,
 * and the parts of a score. Made when a rule matches, by the keyword that measured; EVE writes it as
 * `alert.anomaly`.
 */
import type { Flow } from "../flow/flow.ts";
import type { Packet } from "../layers/packet.ts";

export interface AnomalyDetails {
  /** What was measured: "beacon", "bytes_out" ... */
  readonly metric: string;
  /** What it was measured of, where addresses and ports do not tell: a domain, a pattern. */
  readonly subject?: string;
  readonly value: number;
  /** The value that would have been normal, or the limit that the rule sets. */
  readonly expected?: number;
  /** How far off, in the rule's own unit of deviation. */
  readonly deviation?: number;
  readonly windowSeconds?: number;
  /** Days of traffic that the expectation was learned from. */
  readonly learnedDays?: number;
  /** Parts of a score, 0 to 1, and counts behind it, by name. */
  readonly scores?: readonly (readonly [name: string, value: number])[];
}

/** Told of flows that end, while their counts are still there. */
export interface FlowEndObserver {
  onFlowEnd(flow: Flow, nowUs: number): void;
}

/** Measures traffic before rules are asked, and says whether it has something to tell them. */
export interface PacketObserver {
  readonly hasSignals: boolean;
  onPacket(packet: Packet): void;
  /** Other rules are in use: those compiled with this builder. */
  useRules?(builder: object): void;
  /** True: rules are to be asked once more, with a packet made for the flow's end. */
  onFlowEnd(flow: Flow): boolean;
}
