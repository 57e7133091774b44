/** A second of fuzzing for each target, every input that ever failed, and a canary that must fail. */
import { describe, expect, it } from "vitest";
import { canaryTarget } from "./canary.ts";
import { fuzz } from "./fuzzer.ts";
import { fuzzTargets, readSamples } from "./targets.ts";

describe("fuzzing", () => {
  it("notices a target that fails", () => {
    expect(fuzz(canaryTarget, [], { seed: 1, milliseconds: 5000 }).failure).not.toBeNull();
  });

  for (const target of fuzzTargets) {
    it(`finds no input that makes "${target.name}" throw`, () => {
      const samples = readSamples(target.name);
      for (const sample of samples) target.run(sample);
      expect(fuzz(target, samples, { seed: 7, milliseconds: 1000 }).failure).toBeNull();
    });
  }
});
