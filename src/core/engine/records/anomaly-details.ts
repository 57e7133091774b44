/** The object `anomaly` of alerts: what a rule about normal traffic measured. Numbers to four decimal places. */
import type { AnomalyDetails } from "../../detect/anomaly-details.ts";
import type { JsonWriter } from "../../eve/json-writer.ts";

export function writeAnomalyDetails(writer: JsonWriter, details: AnomalyDetails): void {
  const { subject, scores } = details;
  writer.beginObject("anomaly");
  writer.string("metric", details.metric);
  if (subject !== undefined) writer.string("subject", subject);
  writeNumber(writer, "value", details.value);
  writeNumber(writer, "expected", details.expected);
  writeNumber(writer, "deviation", details.deviation);
  writeNumber(writer, "window", details.windowSeconds);
  writeNumber(writer, "learned", details.learnedDays);
  if (scores !== undefined) {
    writer.beginObject("scores");
    for (const [name, value] of scores) writeNumber(writer, name, value);
    writer.endObject();
  }
  writer.endObject();
}

function writeNumber(writer: JsonWriter, name: string, value: number | undefined): void {
  if (value === undefined || !Number.isFinite(value)) return;
  writer.number(name, Math.round(value * 1e4) / 1e4);
}
