/**
 * gid: the group that the rule's number belongs to; 1 unless given.
 */
import { defineKeyword } from "../../detect/keyword.ts";

const GROUP_LAST = 0xffff_fffe;

export const gid = defineKeyword<number>({
  name: "gid",
  family: "meta",
  summary: "The group that the number of the rule belongs to.",
  syntax: "gid:N",
  since: "<=7.0",
  argument: "required",
  examples: [{ options: "gid:2;", meaning: "the rule's number counts in group 2" }],
  parse: (option) => option.integer(option.whole, { max: GROUP_LAST, name: "group" }),
  compile(group, draft) {
    draft.gid = group;
  },
});
