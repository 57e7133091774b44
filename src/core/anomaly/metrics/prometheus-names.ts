/**
 * The metrics' counters and alerts by their names in Prometheus (data table): counter of `stats`, name, type, help. An
 * exporter reads the counters by their dotted names; labels are in braces.
 */

export interface PrometheusName {
  /** As in EVE's stats event. */
  readonly counter: string;
  readonly name: string;
  readonly type: "gauge" | "counter";
  readonly help: string;
}

const kinds = ["host", "pair", "service", "network"] as const;

export const anomalyPrometheusNames: readonly PrometheusName[] = [
  ...kinds.flatMap((kind): PrometheusName[] => [
    {
      counter: `anomaly.keys.${kind}`,
      name: `shrike_anomaly_keys{kind="${kind}"}`,
      type: "gauge",
      help: "Keys that are measured.",
    },
    {
      counter: `anomaly.evicted.${kind}`,
      name: `shrike_anomaly_keys_evicted_total{kind="${kind}"}`,
      type: "counter",
      help: "Keys that had to go for others.",
    },
  ]),
  {
    counter: "anomaly.series",
    name: "shrike_baseline_series",
    type: "gauge",
    help: "Baselines that are learned.",
  },
  {
    counter: "anomaly.series_evicted",
    name: "shrike_baseline_series_evicted_total",
    type: "counter",
    help: "Baselines that had to go for others.",
  },
  {
    counter: "anomaly.sketches",
    name: "shrike_anomaly_sketches",
    type: "gauge",
    help: "Sketches of counts of different values in use.",
  },
  {
    counter: "anomaly.sketches_refused",
    name: "shrike_anomaly_sketches_refused_total",
    type: "counter",
    help: "Values that found no sketch.",
  },
  {
    counter: "anomaly.seen",
    name: "shrike_first_seen_values",
    type: "gauge",
    help: "Values that hosts were seen with.",
  },
  {
    counter: "anomaly.seen_evicted",
    name: "shrike_first_seen_values_evicted_total",
    type: "counter",
    help: "Values that had to go for others.",
  },
  {
    counter: "anomaly.settlements",
    name: "shrike_anomaly_settlements_total",
    type: "counter",
    help: "Times that counts of flows were settled.",
  },
  {
    counter: "anomaly.signals",
    name: "shrike_anomaly_signals_total",
    type: "counter",
    help: "Limits that were passed and values first seen, told or not.",
  },
  {
    counter: "anomaly.signals_taken",
    name: "shrike_anomaly_signals_told_total",
    type: "counter",
    help: "Of these, what rules told of.",
  },
  {
    counter: "anomaly.signals_refused",
    name: "shrike_anomaly_signals_refused_total",
    type: "counter",
    help: "Of these, what found no place.",
  },
];
