/**
 * What `volume`, `distinct` and `baseline` have in common: one metric with what it must be above, the window, and whose
 * it is: `bytes_out >1GB, window 1h, track by_src`.
 */
import {
  kindOfTrack,
  type MetricDeclaration,
  type MetricName,
  metricNames,
  metrics,
  type Track,
  tracks,
} from "../../anomaly/metrics/metric.ts";
import type { OptionText, TextPiece } from "../../rule/option-text.ts";
import { LimitOptions } from "./limit-options.ts";

export interface Measure {
  readonly metric: MetricName;
  readonly above: number;
  readonly windowSeconds: number;
  readonly track: Track;
}

export const WINDOW_RANGE = { min: 10, max: 7 * 86_400 };
const DEFAULT_WINDOW_SECONDS = 3600;

export type MeasureOptions<Name extends string> = LimitOptions<
  MetricName | Name | "window" | "track"
>;

/** The measure and the keyword's own limits. `kinds`: of metrics that it takes. Throws RuleError. */
export function parseMeasure<Name extends string>(
  option: OptionText,
  kinds: readonly MetricDeclaration["kind"][],
  ownNames: readonly Name[],
): { readonly measure: Measure; readonly given: MeasureOptions<Name> } {
  const given: MeasureOptions<Name> = new LimitOptions(option, [
    ...metricNames,
    "window",
    "track",
    ...ownNames,
  ]);
  const [metric, second] = metricNames.filter((name) => given.has(name));
  const fitting = metrics.filter(({ kind }) => kinds.includes(kind)).map(({ name }) => name);
  if (metric === undefined) {
    const hint = `write ${fitting[0]} >100; there are ${fitting.join(", ")}`;
    return option.fail("missing-value", `"${option.keyword}" needs a metric`, { hint });
  }
  if (second !== undefined) {
    const message = `"${option.keyword}" takes one metric, found "${metric}" and "${second}"`;
    return option.failAt(given.piece(second), "too-many-values", message);
  }
  if (!fitting.includes(metric)) {
    const other = option.keyword === "distinct" ? "volume" : "distinct";
    const message = `"${option.keyword}" cannot be asked for "${metric}"`;
    return option.failAt(given.piece(metric), "unknown-value", message, `use ${other}`);
  }
  const measure = {
    metric,
    above: given.above(metric),
    windowSeconds: given.seconds("window", WINDOW_RANGE, DEFAULT_WINDOW_SECONDS),
    track: given.word("track", tracks) ?? "by_src",
  };
  checkTrack(option, given.piece("track"), measure);
  return { measure, given };
}

/** A pair has no clients to count, a service contacts nobody. */
function checkTrack(option: OptionText, piece: TextPiece, { metric, track }: Measure): void {
  const isIdle =
    (track === "by_both" && (metric === "peers" || metric === "clients")) ||
    (track === "by_service" && (metric === "peers" || metric === "ports")) ||
    (track === "by_service" && metric === "flows_out");
  if (!isIdle) return;
  const message = `"${metric}" says nothing of a ${kindOfTrack[track]}`;
  option.failAt(piece, "idle-value", message, "track by_src or by_dst has it of a host");
}
