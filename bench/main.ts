/**
 * `npm run bench`: a packet's cost through decode, flow, stream and rules on generated
 * traffic of two classes, engine start included. Read ratios, not absolute figures.
 */
import { replayBytes } from "../test/support/replay-bytes.ts";
import { manyFlows, smallPackets } from "./traffic.ts";

const ROUNDS = 5;
const rules =
  'alert tcp any any -> any any (msg:"bench"; content:"never in this traffic"; sid:1;)\n';

const traffic = [
  { name: "many small flows", capture: manyFlows(2000) },
  { name: "64-byte packets", capture: smallPackets(20_000) },
];
console.log("traffic            packets  ns a packet (best of five)");
for (const { name, capture } of traffic) {
  let best = Number.POSITIVE_INFINITY;
  let packets = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const started = process.hrtime.bigint();
    packets = replayBytes(capture.bytes, rules).flowCount > 0 ? capture.packets : 0;
    best = Math.min(best, Number(process.hrtime.bigint() - started) / capture.packets);
  }
  console.log(`${name.padEnd(18)} ${`${packets}`.padStart(7)}  ${best.toFixed(0)}`);
}
