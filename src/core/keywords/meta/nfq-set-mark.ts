/**
 * nfq_set_mark: a mark for packets of Linux's netfilter queue. There is no such queue here; the value is
 * checked and the mark left out, with a warning.
 */
import { defineKeyword } from "../../detect/keyword.ts";

export const nfqSetMark = defineKeyword<void>({
  name: "nfq_set_mark",
  family: "meta",
  summary: "Marks matching packets for the firewall that queued them; accepted and without effect.",
  syntax: "nfq_set_mark:MARK[/MASK]",
  since: "<=7.0",
  argument: "required",
  examples: [{ options: "nfq_set_mark:0x2/0xff;", meaning: "the mark 2 in the lowest byte" }],
  parse(option) {
    option.required();
    const [mark, mask] = option.split("/", 2);
    const rules = { max: 0xffff_ffff, name: "mark", hex: "allowed" } as const;
    option.integer(mark ?? option.whole, rules);
    if (mask !== undefined) option.integer(mask, { ...rules, name: "mask" });
  },
  compile(_, draft) {
    draft.warn(
      "ignored-keyword",
      '"nfq_set_mark" has no effect: packets come from no netfilter queue',
    );
  },
});
