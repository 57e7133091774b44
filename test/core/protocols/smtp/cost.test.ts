import { describe, expect, it } from "vitest";
import { greeting, SmtpRun } from "./session.ts";

/** Milliseconds of the fastest of some runs. */
function fastest(run: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 5; i++) {
    const start = performance.now();
    run();
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

/** Four times the input may cost four times as much, with room for noise; square growth would be 16. */
function expectLinear(make: (size: number) => () => void, size: number): void {
  const small = fastest(make(size));
  const large = fastest(make(4 * size));
  expect(large / Math.max(small, 5)).toBeLessThan(10);
}

function mailRun(body: string, pieceBytes: number): () => void {
  return () => {
    const run = new SmtpRun().say(greeting).say([
      ["C", "DATA"],
      ["S", "354 go"],
    ]);
    run.sayRaw("C", body, pieceBytes);
  };
}

describe("the cost of a mail grows with its bytes, not faster", () => {
  it("with lines without an end, byte by byte", () => {
    expectLinear((size) => mailRun(`\r\n${"-".repeat(size)}`, 1), 8000);
  });

  it("with folded header lines", () => {
    expectLinear((size) => mailRun(`X: y\r\n${" z\r\n".repeat(size)}\r\n`, 1460), 10_000);
  });

  it("with parts within parts", () => {
    const part = (i: number) => `Content-Type: a/b; boundary=b${i}\r\n\r\n--b${i}\r\n`;
    expectLinear((size) => {
      const body = Array.from({ length: size }, (_, i) => part(i)).join("");
      return mailRun(`${body}x\r\n`, 1460);
    }, 2000);
  });

  it("with many commands that nobody answers", () => {
    expectLinear(
      (size) => () => {
        new SmtpRun().sayRaw("C", "NOOP\r\n".repeat(size), 1460);
      },
      15_000,
    );
  });
});
