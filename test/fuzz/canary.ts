/** A target that must fail: it proves that the fuzzer notices. */
import type { FuzzTarget } from "./fuzz-target.ts";

export const canaryTarget: FuzzTarget = {
  name: "canary",
  run(bytes) {
    if (bytes.length > 3 && bytes[0] === 0x42) throw new Error("the canary sings");
  },
};
