/**
 * `npm run evaluate:anomaly -- --seed N`: four weeks of an office through the bundled rules; what was planted and what
 * was found, what was told beside it. Exit code 1 when too little was found or too much told. `--days`, `--people` make
 * it smaller.
 */
import { parseArgs } from "node:util";
import { evaluate, fourWeeks } from "./evaluation.ts";
import { describeEvaluation } from "./table.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    days: { type: "string" },
    people: { type: "string" },
    plants: { type: "string" },
  },
});

const started = performance.now();
const evaluation = evaluate(Number(values.seed), {
  ...fourWeeks,
  ...(values.days === undefined ? {} : { days: Number(values.days) }),
  ...(values.people === undefined ? {} : { people: Number(values.people) }),
  ...(values.plants === undefined ? {} : { plants: Number(values.plants) }),
});
console.log(`seed ${values.seed}`);
console.log(describeEvaluation(evaluation));
console.log(`${((performance.now() - started) / 1000).toFixed(1)} s`);
process.exitCode = evaluation.passes ? 0 : 1;
