/** Asks all probes of protocols that are recognised, with the bytes somewhere in a longer array. */
import { recognisedProtocols } from "../../src/core/protocols/recognised/index.ts";
import type { FuzzTarget } from "./fuzz-target.ts";

export const recognisedTarget: FuzzTarget = {
  name: "recognised",
  run(bytes) {
    const start = (bytes[0] ?? 0) & 7;
    const before = Math.min(start, bytes.length);
    const end = bytes.length;
    for (const { name, probes, patterns } of recognisedProtocols) {
      for (const direction of [0, 1]) {
        const results = [
          ...probes.map(({ probe }) => probe(bytes, before, end, direction)),
          ...patterns.map(
            ({ confirm }) => confirm?.(bytes, before, end, direction, 80, 40_000) ?? 0,
          ),
        ];
        for (const result of results) {
          if (result < 0 || result > 3) throw new Error(`${name}: result ${result}`);
        }
      }
    }
  },
};
