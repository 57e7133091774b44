/** One feed into a store: values read, defaults filled in, what is expired or too uncertain left out. */
import { readCombination } from "./combination.ts";
import type { Feed, FeedProblem } from "./indicator.ts";
import type { IndicatorStore } from "./indicator-store.ts";
import { readIndicatorValue } from "./indicator-value.ts";

export interface ImportOptions {
  /** Of entries whose feed names none. */
  readonly source: string;
  readonly confidence: number;
  readonly expiresMs: number | null;
  /** Entries below are left out. */
  readonly confidenceMin: number;
  readonly nowMs: number;
}

export interface ImportCounts {
  readonly read: number;
  readonly added: number;
  readonly updated: number;
  readonly expired: number;
  readonly uncertain: number;
  readonly problems: readonly FeedProblem[];
}

export function importFeed(
  feed: Feed,
  store: IndicatorStore,
  options: ImportOptions,
): ImportCounts {
  const problems = [...feed.problems];
  const counts = { added: 0, updated: 0, expired: 0, uncertain: 0 };
  for (const entry of feed.entries) {
    const { parts = [] } = entry;
    const found =
      parts.length > 0 ? readCombination(parts) : readIndicatorValue(entry.text, entry.kind);
    if (typeof found === "string") {
      const message = parts.length > 1 ? `${entry.text}: ${found}` : found;
      problems.push({ place: entry.place, message });
      continue;
    }
    const confidence = Math.min(
      100,
      Math.max(0, Math.round(entry.confidence ?? options.confidence)),
    );
    const expiresMs = entry.expiresMs ?? options.expiresMs;
    if (expiresMs !== null && expiresMs <= options.nowMs) counts.expired++;
    else if (confidence < options.confidenceMin) counts.uncertain++;
    else {
      const { source, description } = entry;
      const indicator = {
        ...found,
        source: source ?? options.source,
        confidence,
        expiresMs,
        description,
      };
      if (store.add(indicator)) counts.added++;
      else counts.updated++;
    }
  }
  return { read: feed.entries.length, ...counts, problems };
}
