/** Turns a flow round whose data showed that it runs the other way: what was taken for the client is the server. */
import { applicationOf } from "../detect/flow-application.ts";
import type { Flow } from "../flow/flow.ts";
import type { FlowTable } from "../flow/flow-table.ts";
import type { Packet } from "../layers/packet.ts";

/** The packet at hand is of the flow. Data of the protocol is looked at anew. */
export function turnRound(flows: FlowTable, packet: Packet, flow: Flow): void {
  flows.swapDirection(flow);
  flow.tcp?.swapSides();
  packet.direction = 1 - packet.direction;
  const state = applicationOf(flow);
  if (state !== null && flow.tcp !== null) state.firstDirection = -1;
}
