/**
 * How much a few numbers scatter, by measures that a few outliers cannot move: median, median of the absolute
 * deviations from it (MADM), Bowley's quartile skewness. Sorts in place; nothing is allocated.
 *
 * @hotpath
 */

/** Sorts values[0, count) upward; by insertion, for at most some dozens. */
export function sortFew(values: Float64Array, count: number): void {
  for (let i = 1; i < count; i++) {
    const value = values[i]!;
    let at = i;
    while (at > 0 && values[at - 1]! > value) {
      values[at] = values[at - 1]!;
      at--;
    }
    values[at] = value;
  }
}

/** The quantile 0 to 1 of sorted values[0, count), between neighbours by weight; count > 0. */
export function quantile(values: Float64Array, count: number, share: number): number {
  const place = share * (count - 1);
  const below = Math.floor(place);
  const low = values[below]!;
  const high = below + 1 < count ? values[below + 1]! : low;
  return low + (high - low) * (place - below);
}

/** MADM of sorted values[0, count) as a share of the median; 0 where the median is 0. Destroys the values. */
export function relativeDeviation(values: Float64Array, count: number): number {
  const median = quantile(values, count, 0.5);
  if (median <= 0) return 0;
  for (let i = 0; i < count; i++) values[i] = Math.abs(values[i]! - median);
  sortFew(values, count);
  return quantile(values, count, 0.5) / median;
}

/** Bowley's skewness of sorted values[0, count), -1 to 1; 0 where the quartiles are within 5 % of the median. */
export function bowleySkewness(values: Float64Array, count: number): number {
  const low = quantile(values, count, 0.25);
  const median = quantile(values, count, 0.5);
  const high = quantile(values, count, 0.75);
  if (high - low <= 0.05 * median) return 0;
  return (low + high - 2 * median) / (high - low);
}

/** 1 up to `free`, 0 from `none` on, a line between. */
export function fallingScore(value: number, free: number, none: number): number {
  return Math.min(1, Math.max(0, (none - value) / (none - free)));
}
