/** pkt_data: what follows looks into the payload again. */
import { defineKeyword } from "../../detect/keyword.ts";

export const pktData = defineKeyword<void>({
  name: "pkt_data",
  family: "buffer select",
  summary: "Returns from a sticky buffer to the payload.",
  syntax: "pkt_data",
  since: "<=7.0",
  argument: "none",
  examples: [
    {
      options: 'tcp.hdr; content:"|50|"; pkt_data; content:"GET ";',
      meaning: "a byte in the TCP header and a text in the payload",
    },
  ],
  parse: (option) => option.requireNone(),
  compile(_, draft) {
    draft.selectPayload();
  },
});
