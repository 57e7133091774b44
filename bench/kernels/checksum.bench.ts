/** The Internet checksum of 20 to 1,460 bytes: the kernel beside the plain reference. */
import { Arena } from "../../src/core/bytes/arena.ts";
import { internetChecksum } from "../../src/core/bytes/checksum.ts";
import { Kernels } from "../../src/core/match/kernels.ts";
import { printTable, timeVariants } from "./timing.ts";

type Checksum = (start: number, end: number) => number;

/** Prints one row for each length. */
export async function run(): Promise<void> {
  const arena = new Arena(1 << 20);
  const kernels = new Kernels(arena);
  const at = arena.allocate(2048);
  for (let offset = at; offset < at + 2048; offset++) arena.bytes[offset] = (offset * 7) & 255;
  const variant = (name: string, length: number, checksum: Checksum) => ({
    name,
    run(count: number): number {
      let sum = 0;
      for (let round = 0; round < count; round++) sum += checksum(at, at + length);
      return sum;
    },
  });
  const rows = [20, 64, 256, 1460].map((length) => {
    const timings = timeVariants([
      variant("kernel", length, (start, end) => kernels.checksum(start, end, 0)),
      variant("plain", length, (start, end) => internetChecksum(arena.bytes, start, end, 0)),
    ]);
    return [String(length), ...timings.map(({ nanoseconds }) => nanoseconds.toFixed(0))];
  });
  printTable(["bytes", "kernel ns", "plain ns"], rows);
}
