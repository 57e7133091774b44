/** engine-event: an older name of decode-event and stream-event; takes the names of both, with their chapter. */
import { packetEventKeyword } from "../families/packet-event-keyword.ts";
import { decoderEventCodes, streamEventCodes } from "./event-codes.ts";

export const engineEvent = packetEventKeyword({
  name: "engine-event",
  summary: "Asks for an event of the decoder or the TCP tracker by its full name.",
  codes: new Map([
    ...decoderEventCodes,
    ...Array.from(decoderEventCodes, ([name, code]) => [`decoder.${name}`, code] as const),
    ...Array.from(streamEventCodes, ([name, code]) => [`stream.${name}`, code] as const),
  ]),
  examples: [
    { options: "engine-event:decoder.ipv4.trunc_pkt;", meaning: "as decode-event:ipv4.trunc_pkt" },
    { options: "engine-event:stream.3whs_synack_flood;", meaning: "as stream-event" },
  ],
});
