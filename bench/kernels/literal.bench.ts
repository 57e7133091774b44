/**
 * Search for one literal of 8 bytes that is not there, in 16 to 1,024 bytes: the kernel with and
 * without case, beside a plain loop and `Buffer.indexOf`.
 */
import { Arena } from "../../src/core/bytes/arena.ts";
import { latin1ToBytes } from "../../src/core/bytes/latin1.ts";
import { Kernels } from "../../src/core/match/kernels.ts";
import { Literal } from "../../src/core/match/literal.ts";
import { printTable, timeVariants } from "./timing.ts";

const TEXT =
  "GET /images/index.html?name=value HTTP/1.1\r\nHost: www.example.com\r\nAccept: */*\r\n";

/** Prints one row for each length. */
export async function run(): Promise<void> {
  const arena = new Arena(1 << 20);
  const kernels = new Kernels(arena);
  const text = latin1ToBytes(TEXT.repeat(13));
  const at = arena.allocate(text.length);
  arena.bytes.set(text, at);
  const pattern = latin1ToBytes("image/gi");
  const exact = new Literal(kernels, arena, pattern, false);
  const nocase = new Literal(kernels, arena, pattern, true);
  const rows: string[][] = [];
  for (const length of [16, 64, 256, 1024]) {
    const view = Buffer.from(text.buffer, text.byteOffset, length);
    const timings = timeVariants([
      repeat("kernel", () => exact.find(arena.bytes, at, at + length)),
      repeat("kernel nocase", () => nocase.find(arena.bytes, at, at + length)),
      repeat("loop", () => exact.find(text, 0, length)),
      repeat("Buffer.indexOf", () => view.indexOf(pattern)),
    ]);
    rows.push([String(length), ...timings.map(({ nanoseconds }) => nanoseconds.toFixed(0))]);
  }
  printTable(["bytes", "kernel ns", "nocase ns", "loop ns", "indexOf ns"], rows);
}

function repeat(name: string, search: () => number) {
  return {
    name,
    run(count: number): number {
      let sum = 0;
      for (let round = 0; round < count; round++) sum += search();
      return sum;
    },
  };
}
