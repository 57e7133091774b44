/**
 * `npm run fuzz -- --seconds N [--seed S] [--target NAME]`: every target for its share of N seconds. A failing
 * input is written to test/fuzz/corpus, where the smoke test runs it forever after.
 */
import fs from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { canaryTarget } from "./canary.ts";
import { type FuzzResult, fuzz } from "./fuzzer.ts";
import { fuzzTargets, readSamples } from "./targets.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "30" },
    seed: { type: "string", default: "1" },
    target: { type: "string" },
  },
});
const targets = fuzzTargets.filter(
  ({ name }) => values.target === undefined || name === values.target,
);
if (targets.length === 0) {
  console.error(
    `no target "${values.target}"; known: ${fuzzTargets.map(({ name }) => name).join(", ")}`,
  );
  process.exit(2);
}
const seed = Number(values.seed);
const milliseconds = (Number(values.seconds) * 1000) / targets.length;
const canary = fuzz(canaryTarget, [], { seed, milliseconds: 2000 });
if (canary.failure === null) {
  console.error("the canary did not fail: the fuzzer is broken");
  process.exit(1);
}
let failed = 0;
for (const target of targets) {
  const result = fuzz(target, readSamples(target.name), { seed, milliseconds });
  report(result);
  if (result.failure !== null) failed++;
}
process.exit(failed === 0 ? 0 : 1);

function report(result: FuzzResult): void {
  console.log(
    `${result.target}: ${result.runs} inputs, ${result.failure === null ? "no failure" : "FAILED"}`,
  );
  if (result.failure === null) return;
  const folder = path.resolve("test/fuzz/corpus", result.target);
  fs.mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `seed-${seed}-${result.runs}.bin`);
  fs.writeFileSync(file, result.failure.input);
  console.log(`  input saved as ${path.relative(process.cwd(), file)}`);
  console.log(result.failure.error);
}
