/**
 * Ports to classes: two ports are in one class when the same rules' port sets hold them. 65,536 entries of 16
 * bits, so a look-up is one load.
 *
 * @hotpath
 */
import type { PortSet } from "../rule/port-set.ts";

export class PortClasses {
  readonly classes = new Uint16Array(65_536);
  count = 0;

  constructor(sets: Iterable<PortSet>) {
    const distinct = [...new Set(sets)].filter((set) => !set.any);
    const bounds = new Set<number>([0]);
    for (const { ranges } of distinct) {
      for (let i = 0; i < ranges.length; i += 2) bounds.add(ranges[i]!).add(ranges[i + 1]! + 1);
    }
    const starts = [...bounds].filter((port) => port < 65_536).sort((a, b) => a - b);
    const known = new Map<string, number>();
    starts.forEach((start, index) => {
      const members: number[] = [];
      distinct.forEach((set, at) => {
        if (set.contains(start)) members.push(at);
      });
      const key = members.join(",");
      const number = known.get(key) ?? known.size;
      known.set(key, number);
      this.classes.fill(number, start, starts[index + 1] ?? 65_536);
    });
    this.count = known.size;
  }
}
