/**
 * valid: moments of packet time between which the rule holds, for what is known for a time alone, as indicators of
 * compromise. Asked once everything else in the rule holds, so that it costs packets nothing.
 */
import { defineKeyword } from "../../detect/keyword.ts";
import type { OptionText, TextPiece } from "../../rule/option-text.ts";

interface Validity {
  readonly fromUs: number;
  readonly untilUs: number;
}

const NAMES = ["from", "until"] as const;
const DATE = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?Z)?$/;

export const valid = defineKeyword<Validity>({
  name: "valid",
  family: "meta",
  summary: "Matches only between two moments of packet time.",
  syntax: "valid:[from DATE][, until DATE]",
  since: "Shrike",
  argument: "required",
  examples: [
    { options: "valid:until 2030-01-31;", meaning: "packets before the 31st of January 2030, UTC" },
    {
      options: "valid:from 2029-12-01, until 2030-01-31T12:00:00Z;",
      meaning: "from the 1st of December on, and before noon of the last day",
    },
  ],
  parse: parseValidity,
  compile({ fromUs, untilUs }, draft) {
    // Before all that the rule does when it matched.
    draft.postMatches.unshift({
      keyword: "valid",
      ipOnly: true,
      run({ packet, state }) {
        if (packet.timeUs < fromUs || packet.timeUs >= untilUs) state.isRefused = true;
      },
    });
  },
});

function parseValidity(option: OptionText): Validity {
  option.required();
  const given = { from: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY };
  const named = new Set<string>();
  for (const piece of option.split(",")) {
    const [word = piece, date] = option.words(piece);
    const name = option.oneOf(word, NAMES, "moment");
    if (named.has(name)) option.failAt(word, "duplicate-value", `"${name}" comes twice`);
    named.add(name);
    if (date === undefined) option.failAt(word, "missing-value", `"${name}" needs a date`);
    else given[name] = microseconds(option, date);
  }
  if (given.from >= given.until) {
    option.fail("bad-value", '"until" is not behind "from": the rule never matches');
  }
  return { fromUs: given.from, untilUs: given.until };
}

function microseconds(option: OptionText, piece: TextPiece): number {
  const ms = DATE.test(piece.text) ? Date.parse(piece.text) : Number.NaN;
  if (!Number.isNaN(ms)) return ms * 1000;
  const expected = "a date such as 2030-01-31 or 2030-01-31T12:00:00Z";
  return option.failAt(piece, "bad-value", `"${piece.text}" is not ${expected}`);
}
