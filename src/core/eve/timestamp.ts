/** Packet time as EVE writes it: ISO 8601 in UTC with microseconds, `2016-07-13T22:42:07.199672+0000`. */

/** Last second of the year 9999: later times are written as this. */
const SECOND_MAX = 253_402_300_799;

/** Remembers the last second, because events come in bursts. One per writer. */
export class TimestampFormatter {
  private second = -1;
  private prefix = "";

  /** @param timeUs microseconds since the epoch; later than the year 9999 is written as its end. */
  format(timeUs: number): string {
    const second = Math.min(Math.floor(timeUs / 1_000_000), SECOND_MAX);
    if (second !== this.second) {
      this.second = second;
      this.prefix = new Date(second * 1000).toISOString().slice(0, -5);
    }
    const micros = Math.min(Math.floor(timeUs - second * 1_000_000), 999_999);
    return `${this.prefix}.${`${micros}`.padStart(6, "0")}+0000`;
  }
}
