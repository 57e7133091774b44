/** Codes of packet events by the names that rules give them. */
import {
  decoderEventNames,
  FIRST_STREAM_EVENT,
  streamEventNames,
} from "../../layers/packet-events.ts";

export const decoderEventCodes: ReadonlyMap<string, number> = new Map(
  decoderEventNames.map((name, index) => [name, index]),
);

export const streamEventCodes: ReadonlyMap<string, number> = new Map(
  streamEventNames.map((name, index) => [name, FIRST_STREAM_EVENT + index]),
);
