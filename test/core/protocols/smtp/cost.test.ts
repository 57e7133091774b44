import { describe, expect, it } from "vitest";
import { greeting, SmtpRun } from "./session.ts";

/** A tenth of a second on an idle machine; square growth would take minutes. */
const GENEROUS_MS = 8000;

function expectQuick(run: () => void): void {
  const start = performance.now();
  run();
  expect(performance.now() - start).toBeLessThan(GENEROUS_MS);
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
    expectQuick(mailRun(`\r\n${"-".repeat(300_000)}`, 1));
  });

  it("with folded header lines", () => {
    expectQuick(mailRun(`X: y\r\n${" z\r\n".repeat(300_000)}\r\n`, 1460));
  });

  it("with parts within parts", () => {
    const part = (i: number) => `Content-Type: a/b; boundary=b${i}\r\n\r\n--b${i}\r\n`;
    const body = Array.from({ length: 50_000 }, (_, i) => part(i)).join("");
    expectQuick(mailRun(`${body}x\r\n`, 1460));
  });

  it("with parameters of one field without an end", () => {
    expectQuick(mailRun(`Content-Type: ${'a="'.repeat(1300)}\r\n${" ;a=b".repeat(200_000)}`, 1460));
  });

  it("with many commands that nobody answers", () => {
    expectQuick(() => {
      new SmtpRun().sayRaw("C", "NOOP\r\n".repeat(60_000), 1460);
    });
  });
});
