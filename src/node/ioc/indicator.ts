/** Indicators of compromise, as every feed format gives them. */
import type { FeedPart } from "./combination.ts";

export const indicatorKinds = [
  "address",
  "network",
  "domain",
  "url",
  "md5",
  "sha1",
  "sha256",
  "ja3",
  "ja4",
  /** Several of these that must be seen together (combination.ts). */
  "combined",
] as const;
export type IndicatorKind = (typeof indicatorKinds)[number];

export interface Indicator {
  readonly kind: IndicatorKind;
  /** In one spelling: lower case, addresses in their shortest form, nothing defanged. */
  readonly value: string;
  /** Who says so. */
  readonly source: string;
  /** 0 to 100. */
  readonly confidence: number;
  /** Milliseconds since the epoch; null: for good. */
  readonly expiresMs: number | null;
  readonly description: string;
}

/** One entry of a feed before defaults; what the feed does not say is null. */
export interface FeedEntry {
  /** The value; of several parts, as the feed writes them. */
  readonly text: string;
  /** Parts that must be seen together; left out or one for a single value. */
  readonly parts?: readonly FeedPart[];
  /** The kind that the feed names, where it is more than a guess. */
  readonly kind: IndicatorKind | null;
  readonly source: string | null;
  readonly confidence: number | null;
  readonly expiresMs: number | null;
  readonly description: string;
  /** Where it stands, for problems: "line 4", "indicator--…". */
  readonly place: string;
}

/** Something of a feed that was left out, and why. */
export interface FeedProblem {
  readonly place: string;
  readonly message: string;
}

export interface Feed {
  readonly entries: readonly FeedEntry[];
  readonly problems: readonly FeedProblem[];
}
