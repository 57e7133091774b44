/** stream-event: what the TCP tracker found wrong with the place of a packet in its connection. */
import { packetEventKeyword } from "../families/packet-event-keyword.ts";
import { streamEventCodes } from "./event-codes.ts";

export const streamEvent = packetEventKeyword({
  name: "stream-event",
  summary: "Asks for something that the TCP tracker found wrong with the packet.",
  codes: streamEventCodes,
  examples: [
    { options: "stream-event:est_packet_out_of_window;", meaning: "data that nobody waits for" },
    { options: "stream-event:reassembly_overlap_different_data;", meaning: "two versions of data" },
  ],
});
