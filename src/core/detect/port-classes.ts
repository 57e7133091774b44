/**
 * Ports to classes: two ports are in one class when the same port sets of the rules hold them. 65,536 entries
 * of 16 bits, so a look-up is one load.
 *
 * @hotpath
 */
import type { PortSet } from "../rule/port-set.ts";

export class PortClasses {
  readonly classes = new Uint16Array(65_536);
  /** One port of each class. */
  readonly representatives: readonly number[];

  constructor(sets: Iterable<PortSet>) {
    const distinct = [...new Set(sets)].filter((set) => !set.any);
    const bounds = new Set<number>([0]);
    for (const { ranges } of distinct) {
      for (let i = 0; i < ranges.length; i += 2) bounds.add(ranges[i]!).add(ranges[i + 1]! + 1);
    }
    const starts = [...bounds].filter((port) => port < 65_536).sort((a, b) => a - b);
    const known = new Map<string, number>();
    const representatives: number[] = [];
    starts.forEach((start, index) => {
      const key = membership(distinct, start);
      let number = known.get(key);
      if (number === undefined) {
        number = known.size;
        known.set(key, number);
        representatives.push(start);
      }
      this.classes.fill(number, start, starts[index + 1] ?? 65_536);
    });
    this.representatives = representatives;
  }

  get count(): number {
    return this.representatives.length;
  }
}

function membership(sets: readonly PortSet[], port: number): string {
  let key = "";
  for (let i = 0; i < sets.length; i++) if (sets[i]!.contains(port)) key += `${i},`;
  return key;
}
