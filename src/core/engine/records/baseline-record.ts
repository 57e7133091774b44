/**
 * EVE `baseline`: what the metrics know, with each snapshot of the counters: keys and baselines by their number, and for
 * each network of the site what its window in progress holds beside what is expected of it.
 */
import type { BaselineStatus } from "../../anomaly/metrics/baseline-status.ts";
import { defineEvent } from "../../eve/event-declaration.ts";
import type { EveContext } from "./envelope.ts";

export const baselineEvent = defineEvent({
  type: "baseline",
  summary: "What the metrics of anomaly rules know, with each snapshot of counters.",
  fields: {
    "baseline.keys": "hosts, pairs, services and networks that are measured",
    "baseline.series": "baselines that are learned",
    "baseline.learned": "days of traffic in the baseline that has the most",
    "baseline.networks": "of each network and baseline: the window in progress",
    "baseline.networks.network": "name in the site file",
    "baseline.networks.metric": "the measure",
    "baseline.networks.window": "seconds of a window",
    "baseline.networks.value": "value so far",
    "baseline.networks.expected": "value expected of the whole window",
    "baseline.networks.deviation": "scatter of that",
    "baseline.networks.learned": "days of traffic that it was learned from",
  },
});

export function writeBaselineEvent(
  context: EveContext,
  status: BaselineStatus,
  timeUs: number,
): string {
  const { writer } = context;
  writer.beginObject();
  writer.string("timestamp", context.timestamps.format(timeUs));
  writer.string("event_type", "baseline");
  writer.beginObject("baseline");
  writer.number("keys", status.keys);
  writer.number("series", status.series);
  writer.number("learned", status.learnedDays);
  writer.beginArray("networks");
  for (const one of status.networks) {
    writer.beginObject();
    writer.string("network", one.network);
    writer.string("metric", one.metric);
    writer.number("window", one.windowSeconds);
    writer.number("value", one.value);
    if (one.expected !== null) {
      writer.number("expected", round(one.expected));
      writer.number("deviation", round(one.scatter));
    }
    writer.number("learned", round(one.learnedDays));
    writer.endObject();
  }
  writer.endArray();
  writer.endObject();
  writer.endObject();
  return writer.take();
}

function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
