/** decode-event: what the decoder found wrong with a header. */
import { packetEventKeyword } from "../families/packet-event-keyword.ts";
import { decoderEventCodes } from "./event-codes.ts";

export const decodeEvent = packetEventKeyword({
  name: "decode-event",
  summary: "Asks for something that the decoder found wrong with the packet.",
  codes: decoderEventCodes,
  examples: [
    { options: "decode-event:ipv4.trunc_pkt;", meaning: "an IPv4 packet that was cut" },
    { options: "decode-event:tcp.hlen_too_small;", meaning: "an impossible TCP header" },
  ],
});
