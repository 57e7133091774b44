import { expect, it } from "vitest";
import { ArrayPool } from "../../../src/core/bytes/array-pool.ts";
import { StreamedBody } from "../../../src/core/protocols/body.ts";
import { Random } from "../../support/random.ts";

/** What the body should hold, kept the simple way. */
class Naive {
  all: number[] = [];
  start = 0;

  append(bytes: Uint8Array): void {
    for (const byte of bytes) this.all.push(byte);
  }

  forget(before: number): void {
    this.start = Math.max(this.start, Math.min(before, this.all.length));
  }
}

function windowOf({ bytes, start, end }: StreamedBody): number[] {
  return [...bytes.subarray(start, end)];
}

it.each([["arrays of its own", null] as const, ["a pool", new ArrayPool()] as const])(
  "holds the window that it should, with %s",
  (_, pool) => {
    const random = new Random(5);
    for (let round = 0; round < 60; round++) {
      const body = new StreamedBody(pool);
      const naive = new Naive();
      for (let step = 0; step < 40; step++) {
        const bytes = random.bytes(random.below(2000));
        body.append(bytes, 0, bytes.length);
        naive.append(bytes);
        const before = random.below(naive.all.length + 100);
        if (step % 3 === 0) {
          body.forget(before);
          naive.forget(before);
        }
        expect(body.windowStart).toBe(naive.start);
        expect(windowOf(body)).toEqual(naive.all.slice(naive.start));
      }
      body.release();
      expect(body.windowBytes).toBe(0);
    }
  },
);
