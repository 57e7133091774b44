/**
 * baseline: a metric leaves what was learned for its key at this hour. The expected value is an exponentially weighted
 * mean of earlier windows of the same season, its scatter their standard deviation (of few windows mixed with that of
 * the whole series, and at least 15 % of the mean). A window above is told with the packet that passes the limit, one
 * below with the key's first packet after it. Values that are off move the baseline no further than it allows.
 */
import { type Season, seasons } from "../../anomaly/metrics/metric.ts";
import type { Signal } from "../../anomaly/metrics/signals.ts";
import type { AnomalyDetails } from "../../detect/anomaly-details.ts";
import { defineKeyword } from "../../detect/keyword.ts";
import { type Measure, parseMeasure } from "./measure-options.ts";
import { addSignalCheck, meterSpec, metricsOf, warnWithoutNetworks } from "./metric-rules.ts";

interface Baseline {
  readonly measure: Measure;
  readonly season: Season;
  readonly deviation: number;
  readonly learnSeconds: number;
  readonly side: "above" | "below" | "both";
}

const DAY_SECONDS = 86_400;

export const baseline = defineKeyword<Baseline>({
  name: "baseline",
  family: "anomaly",
  summary: "Alerts when a metric of a key is off what was learned of it.",
  syntax:
    "baseline:METRIC >AMOUNT[, deviation FACTOR][, season none|hour_of_day|hour_of_week][, learn TIME][, side above|below|both][, window TIME][, track by_src|by_dst|by_both|by_service|by_network]",
  since: "Shrike",
  argument: "required",
  examples: [
    {
      options: "baseline:bytes_out >100MB, deviation 6, season hour_of_week, learn 2w;",
      meaning:
        "the source sent more than 100 MiB in an hour and six times the usual scatter above what it does at this hour of the week",
    },
    {
      options: "baseline:flows_in >1000, side below, track by_service, learn 1w;",
      meaning: "a service that is used more than 1000 times in such an hour is hardly used",
    },
    {
      options: "baseline:peers >30, season hour_of_day, window 10m;",
      meaning: "the source contacted far more hosts than usual at this time of day",
    },
  ],
  parse(option) {
    const { measure, given } = parseMeasure(
      option,
      ["sum", "count", "ratio"],
      ["deviation", "season", "learn", "side"],
    );
    return {
      measure,
      season: given.word("season", seasons) ?? "hour_of_week",
      deviation: given.number("deviation", { min: 1, max: 1000 }, 5),
      learnSeconds: given.seconds("learn", { min: 0, max: 365 * DAY_SECONDS }, 7 * DAY_SECONDS),
      side: given.word("side", ["above", "below", "both"]) ?? "above",
    };
  },
  compile(asked, draft) {
    const { measure, season, deviation, learnSeconds, side } = asked;
    const { track, above } = measure;
    warnWithoutNetworks(track, draft);
    const limit = metricsOf(draft.builder).limit(
      meterSpec(measure, season),
      {
        minimum: above,
        factor: deviation,
        side,
        learnSeconds,
      },
      draft.builder,
    );
    addSignalCheck(draft, "baseline", limit, track, (signal) => detailsOf(measure, signal));
  },
});

function detailsOf({ metric, windowSeconds }: Measure, signal: Signal): AnomalyDetails {
  const { value, mean, scatter, learnedWindows } = signal;
  return {
    metric,
    value,
    expected: mean,
    ...(scatter > 0 ? { deviation: (value - mean) / scatter } : {}),
    windowSeconds,
    learnedDays: (learnedWindows * windowSeconds) / DAY_SECONDS,
  };
}
