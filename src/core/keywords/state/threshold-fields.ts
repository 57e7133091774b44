/** What threshold and detection_filter share: `name value` pieces in any order, each given once. */
import type { ThresholdTrack } from "../../detect/rule-state.ts";
import type { OptionText, TextPiece } from "../../rule/option-text.ts";

export const thresholdTracks = {
  by_src: "bySource",
  by_dst: "byDestination",
  by_both: "byBoth",
  by_rule: "byRule",
  by_flow: "byFlow",
} as const satisfies Readonly<Record<string, ThresholdTrack>>;

const TRACKS = ["by_src", "by_dst", "by_both", "by_rule", "by_flow"] as const;

/** Fields before one that may have junk behind it. */
const FIELDS_MIN = 3;

export class ThresholdFields {
  private readonly option: OptionText;
  private isSpoilt = false;
  private readonly values = new Map<string, TextPiece>();

  /** Throws RuleError for a field that is not among `names` or comes twice. */
  constructor(option: OptionText, names: readonly string[]) {
    this.option = option;
    option.required();
    for (const piece of option.split(",")) {
      if (this.isSpoilt) return;
      const [name, value, extra] = option.words(piece);
      // As Suricata reads it: what follows the last value, for want of a ";" before it, is passed over.
      if (extra !== undefined && this.values.size >= FIELDS_MIN) this.isSpoilt = true;
      if (name === undefined || value === undefined || (extra !== undefined && !this.isSpoilt)) {
        option.failAt(piece, "bad-value", `expected a name and a value, found "${piece.text}"`);
      }
      const known = option.oneOf(name, names, "field");
      if (this.values.has(known)) option.failAt(name, "duplicate-value", `"${known}" comes twice`);
      this.values.set(known, value);
    }
  }

  has(name: string): boolean {
    return this.values.has(name);
  }

  value(name: string): TextPiece {
    const found = this.values.get(name);
    if (found !== undefined) return found;
    return this.option.fail("missing-value", `"${this.option.keyword}" needs "${name}"`);
  }

  number(name: string, min = 0): number {
    return this.option.integer(this.value(name), { min, max: 0xffff_ffff, name });
  }

  track(): ThresholdTrack {
    return thresholdTracks[this.option.oneOf(this.value("track"), TRACKS, "track")];
  }
}
