/**
 * volume: a metric passes a plain limit within a window. Windows follow each other without a gap, from midnight on.
 * The rule is looked at with the packet with which the limit is seen to be passed (counts of a flow are looked at with
 * its first packets, every 64 KiB or 10 seconds, and at its end), and alerts once a window and key.
 */
import { defineKeyword } from "../../detect/keyword.ts";
import { type Measure, parseMeasure } from "./measure-options.ts";
import { addSignalCheck, meterSpec, metricsOf, warnWithoutNetworks } from "./metric-rules.ts";

export const volume = defineKeyword<Measure>({
  name: "volume",
  family: "anomaly",
  summary: "Alerts when a host, pair, service or network does more than a limit in a window.",
  syntax:
    "volume:METRIC >AMOUNT[, window TIME][, track by_src|by_dst|by_both|by_service|by_network]",
  since: "Shrike",
  argument: "required",
  examples: [
    {
      options: "volume:bytes_out >1GB, window 1h, track by_src;",
      meaning: "the packet's source sent more than 1 GiB in this hour",
    },
    {
      options: "volume:failed >50, window 5m;",
      meaning:
        "more than 50 connections of the source were refused or not answered in five minutes",
    },
    {
      options: "volume:upload_ratio >20, window 1h, track by_both;",
      meaning: "the client sent the server twenty times what it got, and at least 1 MiB",
    },
  ],
  parse: (option) => parseMeasure(option, ["sum", "ratio"], []).measure,
  compile: (measure, draft) => addPlainLimit("volume", measure, draft),
});

/** A limit that is the same for all keys and windows. */
export function addPlainLimit(
  keyword: string,
  measure: Measure,
  draft: Parameters<typeof addSignalCheck>[0],
): void {
  const { metric, above, windowSeconds, track } = measure;
  warnWithoutNetworks(track, draft);
  const limit = metricsOf(draft.builder).limit(
    meterSpec(measure, null),
    {
      minimum: above,
      factor: null,
      side: "above",
      learnSeconds: 0,
    },
    draft.builder,
  );
  addSignalCheck(draft, keyword, limit, track, ({ value }) => ({
    metric,
    value,
    expected: above,
    windowSeconds,
  }));
}
