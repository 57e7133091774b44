/** EVE `health`: something makes the engine see less than the traffic, or does no longer. */
import { defineEvent } from "../../eve/event-declaration.ts";
import type { HealthReport } from "../../health/health-monitor.ts";
import type { EveContext } from "./envelope.ts";

export const healthEvent = defineEvent({
  type: "health",
  summary: "Something makes the engine see less than the traffic, or does so no longer.",
  fields: {
    "health.check": "what was looked at: kernel-drops, one-sided-flows, sequence-gaps ...",
    "health.state": "ill when it begins or gets worse, well when it is over",
    "health.severity": "warning or error",
    "health.message": "what was seen, with numbers",
    "health.value": "the measure: a share from 0 to 1, or a count",
    "health.since": "when it began",
    "health.cause": "what most often is behind it",
    "health.remedy": "what to do",
  },
});

export function writeHealthEvent(
  context: EveContext,
  report: HealthReport,
  timeUs: number,
): string {
  const { writer, options } = context;
  writer.beginObject();
  writer.string("timestamp", context.timestamps.format(timeUs));
  if (options.sensorName !== null) writer.string("host", options.sensorName);
  writer.string("event_type", "health");
  writer.beginObject("health");
  writer.string("check", report.check.name);
  writer.string("state", report.state);
  writer.string("severity", report.severity);
  writer.string("message", report.message);
  writer.number("value", report.value);
  writer.string("since", context.timestamps.format(report.sinceUs));
  writer.string("cause", report.check.cause);
  writer.string("remedy", report.check.remedy);
  writer.endObject();
  writer.endObject();
  return writer.take();
}
