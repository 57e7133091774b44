/** Chances of everyday life over seeded numbers: how long, how often, which one. */
import { Random } from "../../support/random.ts";

export class Chance {
  private readonly random: Random;

  constructor(seed: number) {
    // Neighbouring seeds begin alike otherwise.
    this.random = new Random(Math.imul(seed + 1, 0x9e3779b1) ^ 0x5bd1e995);
    for (let i = 0; i < 8; i++) this.random.below(2);
  }

  /** In [0, 1). */
  unit(): number {
    return this.random.below(2 ** 31) / 2 ** 31;
  }

  /** In [low, high), whole numbers and others alike. */
  between(low: number, high: number): number {
    return low + (high - low) * this.unit();
  }

  /** A whole number in [low, high]. */
  whole(low: number, high: number): number {
    return low + this.random.below(high - low + 1);
  }

  /** True so often. */
  is(probability: number): boolean {
    return this.unit() < probability;
  }

  pick<Item>(items: readonly Item[]): Item {
    return this.random.pick(items);
  }

  /** Different ones, `count` of them or all. */
  some<Item>(items: readonly Item[], count: number): Item[] {
    const rest = [...items];
    const chosen: Item[] = [];
    while (chosen.length < count && rest.length > 0) {
      chosen.push(...rest.splice(this.random.below(rest.length), 1));
    }
    return chosen;
  }

  /** Waiting times of what happens at random. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.unit());
  }

  /** Sizes and durations: few are large; `median` times or divided by `spread` are both usual. */
  skewed(median: number, spread: number): number {
    return median * spread ** this.normal();
  }

  /** Mean 0, deviation 1. */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.unit())) * Math.cos(2 * Math.PI * this.unit());
  }

  /** `mean` give or take the share `jitter`. */
  around(mean: number, jitter: number): number {
    return mean * this.between(1 - jitter, 1 + jitter);
  }

  /** An index in [0, count): the first ones are by far the most popular. */
  popular(count: number): number {
    return Math.floor(count ** this.unit()) - 1;
  }

  letters(count: number, alphabet: string): string {
    return Array.from({ length: count }, () => alphabet[this.random.below(alphabet.length)]).join(
      "",
    );
  }

  bytes(count: number): Uint8Array {
    return this.random.bytes(count);
  }
}
