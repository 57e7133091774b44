/**
 * Feeds a target random and mutated bytes for a time, from a seed: the same seed gives the same inputs. The
 * first input that makes the target throw is returned, cut down as far as it still throws.
 */
import { Random } from "../support/random.ts";
import type { FuzzTarget } from "./fuzz-target.ts";

const LENGTH_MAX = 2048;
const SHRINK_ROUNDS_MAX = 200;

export interface FuzzFailure {
  readonly target: string;
  readonly error: unknown;
  readonly input: Uint8Array;
}

export interface FuzzResult {
  readonly target: string;
  readonly runs: number;
  readonly failure: FuzzFailure | null;
}

/** @param samples inputs to mutate; @param milliseconds how long; @param runsMax and how many at the most. */
export function fuzz(
  target: FuzzTarget,
  samples: readonly Uint8Array[],
  options: { readonly seed: number; readonly milliseconds: number; readonly runsMax?: number },
): FuzzResult {
  const random = new Random(options.seed);
  const end = Date.now() + options.milliseconds;
  const runsMax = options.runsMax ?? Number.MAX_SAFE_INTEGER;
  let runs = 0;
  while (runs < runsMax && (runs % 16 !== 0 || Date.now() < end)) {
    runs++;
    const input = nextInput(random, samples);
    const error = failure(target, input);
    if (error !== null) {
      const small = shrink(target, input);
      return {
        target: target.name,
        runs,
        failure: { target: target.name, error: error.thrown, input: small },
      };
    }
  }
  return { target: target.name, runs, failure: null };
}

function failure(target: FuzzTarget, input: Uint8Array): { thrown: unknown } | null {
  try {
    target.run(input);
    return null;
  } catch (thrown) {
    return { thrown };
  }
}

function nextInput(random: Random, samples: readonly Uint8Array[]): Uint8Array {
  if (samples.length === 0 || random.below(4) === 0) return random.bytes(random.below(LENGTH_MAX));
  return mutate(random, random.pick(samples), samples);
}

function mutate(random: Random, sample: Uint8Array, samples: readonly Uint8Array[]): Uint8Array {
  let bytes = sample.slice(0, LENGTH_MAX * 4);
  const count = 1 + random.below(6);
  for (let i = 0; i < count && bytes.length > 0; i++) {
    const at = random.below(bytes.length);
    switch (random.below(6)) {
      case 0:
        bytes[at] = random.below(256);
        break;
      case 1:
        bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
        break;
      case 2:
        bytes = bytes.slice(0, at);
        break;
      case 3:
        bytes.fill(random.pick([0, 255, 1, 127, 128]), at, at + 1 + random.below(8));
        break;
      case 4:
        bytes.copyWithin(at, random.below(bytes.length));
        break;
      default: {
        const other = random.pick(samples);
        bytes.set(other.slice(0, Math.min(other.length, bytes.length - at)), at);
      }
    }
  }
  return bytes;
}

/** Halves, then single cuts, as long as it still throws. */
function shrink(target: FuzzTarget, input: Uint8Array): Uint8Array {
  let best = input;
  for (let round = 0, size = best.length >> 1; round < SHRINK_ROUNDS_MAX && size > 0; round++) {
    const head = best.slice(0, best.length - size);
    const tail = best.slice(size);
    if (failure(target, head) !== null) best = head;
    else if (failure(target, tail) !== null) best = tail;
    else size >>= 1;
    size = Math.min(size, best.length >> 1);
  }
  return best;
}
