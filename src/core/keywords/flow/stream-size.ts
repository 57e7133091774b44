/**
 * stream_size: how much of the sequence space a side of the TCP connection has used, its SYN and FIN counted.
 */
import { Check } from "../../detect/check.ts";
import type { DetectionContext } from "../../detect/detection-context.ts";
import { defineKeyword } from "../../detect/keyword.ts";
import { matchesNumber, type NumberComparison } from "../../rule/number-comparison.ts";
import type { StreamBuffer } from "../../stream/stream-buffer.ts";
import { parseSplitComparison } from "../families/split-comparison.ts";

const SIDES = ["server", "client", "both", "either"] as const;

interface StreamSize {
  readonly side: (typeof SIDES)[number];
  readonly comparison: NumberComparison;
}

export const streamSize = defineKeyword<StreamSize>({
  name: "stream_size",
  family: "flow & state",
  summary: "Compares how many bytes a side of the TCP connection has sent.",
  syntax: "stream_size:server|client|both|either,<|>|=|!=|<=|>=,N",
  since: "<=7.0",
  argument: "required",
  examples: [
    {
      options: "stream_size:client,>,1000;",
      meaning: "the client sent more than about 1000 bytes",
    },
    { options: "stream_size:both,<=,100;", meaning: "little came from either side" },
  ],
  parse(option) {
    option.required();
    const [side, operator, number, ...rest] = option.split(",");
    if (side === undefined || operator === undefined || number === undefined || rest.length > 0) {
      return option.fail("bad-value", '"stream_size" needs a side, an operator and a number', {
        hint: 'write "client,>,1000"',
      });
    }
    return {
      side: option.oneOf(side, SIDES, "side"),
      comparison: parseSplitComparison(option, operator, number, {
        max: 0xffff_ffff,
        name: "size",
      }),
    };
  },
  compile(size, draft) {
    draft.alsoPackets = true;
    draft.addPacketCheck(Check.of("stream_size", size, hasSize), { prefilter: true });
  },
});

function hasSize({ packet, session }: DetectionContext, { side, comparison }: StreamSize): boolean {
  if (session === null || packet.transport !== 6) return false;
  const client = side !== "server" && matchesNumber(comparison, sequenceSpaceOf(session.client));
  const server = side !== "client" && matchesNumber(comparison, sequenceSpaceOf(session.server));
  return side === "both" ? client && server : client || server;
}

function sequenceSpaceOf(stream: StreamBuffer): number {
  return (stream.nextSequence - stream.isnSequence) >>> 0;
}
