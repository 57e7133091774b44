/** flow.bytes: bytes of the flow, in the direction that the rule names. */
import { flowCountKeyword } from "../families/flow-count-keyword.ts";

export const flowBytes = flowCountKeyword({
  name: "flow.bytes",
  bits: 64,
  of: "bytes",
  side: null,
  toServer: (flow) => flow.bytesToServer,
  toClient: (flow) => flow.bytesToClient,
});
