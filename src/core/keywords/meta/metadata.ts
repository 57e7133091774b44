/**
 * metadata: free pairs of words, passed on with the alert. A piece without a value is left out, as Suricata
 * does.
 */
import { defineKeyword } from "../../detect/keyword.ts";

interface Pair {
  readonly key: string;
  readonly value: string;
}

export const metadata = defineKeyword<readonly Pair[]>({
  name: "metadata",
  family: "meta",
  summary: "Words about the rule that are passed on with its alerts.",
  syntax: "metadata:KEY VALUE[, KEY VALUE]...",
  since: "<=7.0",
  argument: "required",
  examples: [
    {
      options: "metadata:created_at 2021_01_04, tag Botnet;",
      meaning: "two pairs",
    },
  ],
  parse(option) {
    option.required();
    const pairs: Pair[] = [];
    for (const piece of option.split(",")) {
      const [, key, value] = /^(\S+)\s+([\s\S]+)$/.exec(piece.text) ?? [];
      if (key !== undefined && value !== undefined) pairs.push({ key, value });
    }
    return pairs;
  },
  compile(pairs, draft) {
    draft.metadata.push(...pairs);
  },
});
