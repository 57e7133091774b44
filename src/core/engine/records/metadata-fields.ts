/** The objects `metadata` and `traffic` of events: what rules remembered on the flow. */
import { knownFlowState } from "../../detect/flow-detection-state.ts";
import type { RuleBuilder } from "../../detect/rule-builder.ts";
import type { JsonWriter } from "../../eve/json-writer.ts";
import type { Flow } from "../../flow/flow.ts";

const TRAFFIC_ID = "traffic/id/";
const TRAFFIC_LABEL = "traffic/label/";

/** Appends both when the flow carries rule state. */
export function writeRuleStateMetadata(
  writer: JsonWriter,
  flow: Flow | null,
  names: RuleBuilder | null,
): void {
  const state = flow === null ? null : knownFlowState(flow);
  if (state === null || names === null) return;
  const bits = [...state.bitNumbers].map((number) => names.flowBits.nameOf(number));
  const ints = [...state.intEntries];
  const plain = bits.filter((name) => !name.startsWith("traffic/"));
  const flowVariables = [...state.variableEntries];
  const packetVariables = names.state.packetVariables;
  const hasVariables = flowVariables.length > 0 || packetVariables.length > 0;
  const { entropies } = state;
  if (plain.length > 0 || ints.length > 0 || hasVariables || entropies !== null) {
    writer.beginObject("metadata");
    if (plain.length > 0) writeList(writer, "flowbits", plain);
    if (ints.length > 0) {
      writer.beginObject("flowints");
      for (const [number, value] of ints) writer.number(names.flowInts.nameOf(number), value);
      writer.endObject();
    }
    if (flowVariables.length > 0) {
      writer.beginArray("flowvars");
      for (const [number, value] of flowVariables) {
        writeVariable(writer, names.flowVariables.nameOf(number), value);
      }
      writer.endArray();
    }
    if (packetVariables.length > 0) {
      writer.beginArray("pktvars");
      for (const { name, value } of packetVariables) {
        writeVariable(writer, names.packetVariables.nameOf(name), value);
      }
      writer.endArray();
    }
    if (entropies !== null) {
      writer.beginObject("entropy");
      for (const [name, value] of entropies) writer.number(name, value);
      writer.endObject();
    }
    writer.endObject();
  }
  writeTraffic(writer, bits);
}

function writeVariable(writer: JsonWriter, name: string, value: Uint8Array): void {
  writer.beginObject();
  writer.bytes(name, value, 0, value.length);
  writer.endObject();
}

function writeTraffic(writer: JsonWriter, bits: readonly string[]): void {
  const ids = bits.filter((name) => name.startsWith(TRAFFIC_ID));
  const labels = bits.filter((name) => name.startsWith(TRAFFIC_LABEL));
  if (ids.length === 0 && labels.length === 0) return;
  writer.beginObject("traffic");
  if (ids.length > 0)
    writeList(
      writer,
      "id",
      ids.map((name) => name.slice(TRAFFIC_ID.length)),
    );
  if (labels.length > 0) {
    writeList(
      writer,
      "label",
      labels.map((name) => name.slice(TRAFFIC_LABEL.length)),
    );
  }
  writer.endObject();
}

function writeList(writer: JsonWriter, name: string, items: readonly string[]): void {
  writer.beginArray(name);
  for (const item of items) writer.stringItem(item);
  writer.endArray();
}
