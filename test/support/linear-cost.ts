/**
 * Asks whether work grows with its size and not with the square of it. Times on a busy machine jump, so the best of
 * several counts and the whole is tried again before it fails; quadratic work (sixteen times) fails every time.
 */
import { expect } from "vitest";

const ATTEMPTS = 5;
const RUNS = 3;
/** Four times the work may cost this much more. */
const FACTOR_MAX = 10;

export function expectLinear(run: (size: number) => void, size: number): void {
  run(size);
  let factor = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < ATTEMPTS && factor > FACTOR_MAX; attempt++) {
    const small = bestMilliseconds(() => run(size));
    const large = bestMilliseconds(() => run(4 * size));
    factor = Math.min(factor, large / (small + 2));
  }
  expect(factor).toBeLessThanOrEqual(FACTOR_MAX);
}

/** CPU time, so that waiting for the machine does not count. */
function bestMilliseconds(run: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < RUNS; i++) {
    const started = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(started);
    best = Math.min(best, (user + system) / 1000);
  }
  return best;
}
