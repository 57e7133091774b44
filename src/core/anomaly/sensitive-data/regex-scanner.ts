/**
 * Occurrences of a regular expression, on the project's own engine: in linear time where the expression is
 * regular, else with the engine's step limit. `alone`: nothing of a word may touch it.
 */
import { MATCH, type Regex } from "../../match/regex/index.ts";
import { type SensitiveScanner, standsAlone } from "./scanner.ts";

export class RegexScanner implements SensitiveScanner {
  matchStart = 0;
  matchEnd = 0;
  private readonly regex: Regex;
  private readonly alone: boolean;

  constructor(regex: Regex, placement: "alone" | "anywhere") {
    this.regex = regex;
    this.alone = placement === "alone";
  }

  next(bytes: Uint8Array, start: number, end: number, from: number): boolean {
    const { regex } = this;
    let at = from;
    while (at < end && regex.search(bytes, start, end, at) === MATCH) {
      this.matchStart = regex.matchStart;
      this.matchEnd = regex.matchEnd;
      // An empty occurrence is none.
      if (this.matchEnd > this.matchStart && this.isPlaced(bytes, start, end)) return true;
      at = Math.max(this.matchEnd, this.matchStart + 1, at + 1);
    }
    return false;
  }

  private isPlaced(bytes: Uint8Array, start: number, end: number): boolean {
    return !this.alone || standsAlone(bytes, start, end, this.matchStart, this.matchEnd);
  }
}
