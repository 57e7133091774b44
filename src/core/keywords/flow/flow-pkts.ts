/** flow.pkts: packets of the flow, in the direction that the rule names. */
import { flowCountKeyword } from "../families/flow-count-keyword.ts";

export const flowPkts = flowCountKeyword({
  name: "flow.pkts",
  bits: 32,
  of: "packets",
  side: null,
  prefilter: true,
  toServer: (flow) => flow.packetsToServer,
  toClient: (flow) => flow.packetsToClient,
});
