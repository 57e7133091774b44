/** flow.bytes_toserver: bytes of the flow to the server. */
import { flowCountKeyword } from "../families/flow-count-keyword.ts";

export const flowBytesToServer = flowCountKeyword({
  name: "flow.bytes_toserver",
  bits: 64,
  of: "bytes",
  side: "toserver",
  toServer: (flow) => flow.bytesToServer,
  toClient: (flow) => flow.bytesToClient,
});
