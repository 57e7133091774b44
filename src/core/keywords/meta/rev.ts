/**
 * rev: the version of the rule; of two rules with one number the later version stays.
 */
import { defineKeyword } from "../../detect/keyword.ts";

const REVISION_LAST = 0xffff_ffff;

export const rev = defineKeyword<number>({
  name: "rev",
  family: "meta",
  summary: "The version of the rule.",
  syntax: "rev:N",
  since: "<=7.0",
  argument: "required",
  examples: [{ options: "rev:3;", meaning: "the third version of the rule" }],
  parse: (option) => option.integer(option.whole, { min: 1, max: REVISION_LAST, name: "revision" }),
  compile(revision, draft) {
    draft.refuseRepetition();
    draft.revision = revision;
  },
});
