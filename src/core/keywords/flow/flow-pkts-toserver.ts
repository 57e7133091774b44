/** flow.pkts_toserver: packets of the flow to the server. */
import { flowCountKeyword } from "../families/flow-count-keyword.ts";

export const flowPktsToServer = flowCountKeyword({
  name: "flow.pkts_toserver",
  bits: 32,
  of: "packets",
  side: "toserver",
  prefilter: true,
  toServer: (flow) => flow.packetsToServer,
  toClient: (flow) => flow.packetsToClient,
});
