/**
 * Timing of variants side by side: rounds interleaved, the fastest round of each counts, results
 * are consumed.
 */

export interface Variant {
  readonly name: string;
  /** Runs `count` operations and returns something that depends on all of them. */
  run(count: number): number;
}

export interface Timing {
  readonly name: string;
  readonly nanoseconds: number;
}

const ROUND_MS = 40;
const ROUNDS = 7;

/** Nanoseconds an operation of each variant. */
export function timeVariants(variants: readonly Variant[]): Timing[] {
  const counts = variants.map((variant) => countFor(variant));
  const best = variants.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < ROUNDS; round++) {
    variants.forEach((variant, index) => {
      const count = counts[index] ?? 1;
      const elapsed = elapsedMs(variant, count);
      best[index] = Math.min(best[index] ?? 0, (elapsed * 1e6) / count);
    });
  }
  return variants.map(({ name }, index) => ({ name, nanoseconds: best[index] ?? 0 }));
}

let sink = 0;

function elapsedMs(variant: Variant, count: number): number {
  const start = process.hrtime.bigint();
  sink = (sink + variant.run(count)) | 0;
  return Number(process.hrtime.bigint() - start) / 1e6;
}

function countFor(variant: Variant): number {
  let count = 16;
  for (;;) {
    const elapsed = elapsedMs(variant, count);
    if (elapsed > ROUND_MS / 4) return Math.max(1, Math.round((count * ROUND_MS) / elapsed));
    count *= 4;
  }
}

/** Prints rows under column heads, columns padded. */
export function printTable(heads: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = heads.map((head, column) =>
    Math.max(head.length, ...rows.map((row) => (row[column] ?? "").length)),
  );
  for (const row of [heads, ...rows]) {
    console.log(row.map((cell, column) => cell.padStart(widths[column] ?? 0)).join("  "));
  }
}
