/** flow.bytes_toclient: bytes of the flow to the client. */
import { flowCountKeyword } from "../families/flow-count-keyword.ts";

export const flowBytesToClient = flowCountKeyword({
  name: "flow.bytes_toclient",
  bits: 64,
  of: "bytes",
  side: "toclient",
  toServer: (flow) => flow.bytesToServer,
  toClient: (flow) => flow.bytesToClient,
});
