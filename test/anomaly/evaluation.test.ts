/** The bundled rules against nine days of a small office: `npm run evaluate:anomaly` at the size of a test. */
import { describe, expect, it } from "vitest";
import { type EvaluationSize, evaluate } from "./evaluation.ts";
import { Chance } from "./office/chance.ts";
import { plantKinds } from "./office/plants.ts";
import { describeEvaluation } from "./table.ts";

const small: EvaluationSize = {
  people: 6,
  printers: 1,
  phones: 0,
  sites: 60,
  days: 9,
  plants: 1,
};

describe("the rules of rules/anomaly, in an office", () => {
  it("find what is planted and tell of next to nothing else", () => {
    const evaluation = evaluate(20, small);
    expect(evaluation.passes, describeEvaluation(evaluation)).toBe(true);
    expect(new Set(evaluation.plants.map(({ plant }) => plant.kind))).toEqual(new Set(plantKinds));
  }, 600_000);

  it("fall short where they are missing, and so does the verdict", () => {
    const kinds = ["TLS on a wrong port"] as const;
    const tiny = { ...small, people: 3, days: 2, sites: 20, kinds };
    const one = 'alert icmp any any -> any any (msg:"nothing"; sid:1; rev:1;)';
    const evaluation = evaluate(21, tiny, one);
    expect(evaluation.found).toBe(0);
    expect(evaluation.passes).toBe(false);
    expect(describeEvaluation(evaluation)).toContain("FAILED");
  });
});

describe("chance", () => {
  it("is the same for a seed and another for the next", () => {
    const draw = (seed: number): number[] => {
      const chance = new Chance(seed);
      return Array.from({ length: 6 }, () => chance.whole(0, 1000));
    };
    expect(draw(5)).toEqual(draw(5));
    expect(draw(5)).not.toEqual(draw(6));
  });
});
