/**
 * What a rule says about things that outlive one packet: thresholds, tags, and what it changes when it matched.
 */
import type { DetectionContext } from "./detection-context.ts";

export type ThresholdTrack = "bySource" | "byDestination" | "byBoth" | "byRule" | "byFlow";

/** threshold, detection_filter, and the lines of threshold.config. */
export interface ThresholdSpec {
  readonly kind:
    | "limit"
    | "threshold"
    | "both"
    | "backoff"
    | "detectionFilter"
    | "rate"
    | "suppress";
  readonly track: ThresholdTrack;
  readonly count: number;
  readonly seconds: number;
  /** backoff only. */
  readonly multiplier?: number;
  /** rate only. */
  readonly newAction?: "alert" | "drop" | "pass" | "reject";
  readonly timeoutSeconds?: number;
  /** suppress only: an address list as text, resolved by the compiler. */
  readonly addresses?: string;
}

/** Tags that one rule may have. */
export const TAGS_PER_RULE_MAX = 4;

export interface TagSpec {
  readonly scope: "session" | "host";
  readonly count: number;
  readonly metric: "packets" | "seconds" | "bytes";
  readonly hostDirection: "source" | "destination" | null;
}

/** Something a rule does once all its conditions hold (flowbits:set, xbits:unset, flowint ...). */
export interface PostMatch {
  readonly keyword: string;
  /** Does the same once per flow and direction as with every packet: the rule may stay IP-only. */
  readonly ipOnly?: boolean;
  /** May ask to store files of the transaction. */
  readonly storesFiles?: boolean;
  run(context: DetectionContext): void;
}
