/**
 * The values of the last windows of some series, as they were measured, for graphs beside what was learned. Kept while a
 * model is learned, of the first series that come, 1,344 windows each (eight weeks of hours).
 */

export const HISTORY_WINDOWS = 1344;
/** Series of one meter that have a history. */
export const HISTORIES_MAX = 256;

export class WindowHistory {
  /** By series: HISTORY_WINDOWS values, window modulo that; NaN where nothing was measured. */
  readonly values = new Map<number, Float32Array>();

  note(series: number, window: number, count: number, value: number): void {
    let values = this.values.get(series);
    if (values === undefined) {
      if (this.values.size >= HISTORIES_MAX) return;
      values = new Float32Array(HISTORY_WINDOWS).fill(Number.NaN);
      this.values.set(series, values);
    }
    for (let i = 0; i < Math.min(count, HISTORY_WINDOWS); i++) {
      values[(window + i) % HISTORY_WINDOWS] = value;
    }
  }

  /** Windows from `start` to `end` were not observed. */
  skip(series: number, start: number, end: number): void {
    const values = this.values.get(series);
    if (values === undefined) return;
    for (let window = Math.max(start, end - HISTORY_WINDOWS); window < end; window++) {
      values[window % HISTORY_WINDOWS] = Number.NaN;
    }
  }
}
