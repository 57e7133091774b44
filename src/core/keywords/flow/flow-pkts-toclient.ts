/** flow.pkts_toclient: packets of the flow to the client. */
import { flowCountKeyword } from "../families/flow-count-keyword.ts";

export const flowPktsToClient = flowCountKeyword({
  name: "flow.pkts_toclient",
  bits: 32,
  of: "packets",
  side: "toclient",
  prefilter: true,
  toServer: (flow) => flow.packetsToServer,
  toClient: (flow) => flow.packetsToClient,
});
