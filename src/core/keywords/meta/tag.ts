/**
 * tag: after a match, packets of the same session or host are recorded too, for a number of packets, seconds
 * or bytes.
 */
import { defineKeyword } from "../../detect/keyword.ts";
import { TAGS_PER_RULE_MAX, type TagSpec } from "../../detect/rule-state.ts";
import { RuleError } from "../../rule/diagnostic.ts";

/** Packets that one tag may record. */
export const TAG_PACKETS_MAX = 256;

const METRICS = ["packets", "bytes", "seconds"] as const;
const sides = { src: "source", dst: "destination" } as const;

export const tag = defineKeyword<TagSpec & { readonly hasIdleSide: boolean }>({
  name: "tag",
  family: "meta",
  summary: "Records packets of the session or host that follow a match.",
  syntax: "tag:session|host[, N, packets|bytes|seconds[, src|dst]]",
  since: "<=7.0",
  argument: "required",
  examples: [
    { options: "tag:session,5,packets;", meaning: "five more packets of the session" },
    { options: "tag:host,100,packets,src;", meaning: "100 more packets of the sender" },
  ],
  parse(option) {
    option.required();
    const [scopeText, countText, metricText, sideText, ...rest] = option.split(",");
    const scope = option.oneOf(scopeText ?? option.whole, ["session", "host"], "scope");
    if (countText !== undefined && metricText === undefined) {
      option.failAt(countText, "missing-value", "a count needs packets, bytes or seconds after it");
    }
    if (rest[0] !== undefined) {
      option.failAt(rest[0], "unexpected-value", `unexpected "${rest[0].text}"`);
    }
    const metric = metricText ? option.oneOf(metricText, METRICS, "metric") : "packets";
    const count = countText
      ? option.integer(countText, { max: 0xffff_ffff, name: "count" })
      : TAG_PACKETS_MAX;
    const side = sideText ? sides[option.oneOf(sideText, ["src", "dst"], "side")] : "destination";
    return {
      scope,
      count: metric === "packets" ? Math.min(count, TAG_PACKETS_MAX) : count,
      metric,
      hostDirection: scope === "host" ? side : null,
      hasIdleSide: scope === "session" && sideText !== undefined,
    };
  },
  compile({ hasIdleSide, ...spec }, draft) {
    if (hasIdleSide) draft.warn("idle-value", "a side has no meaning for a session");
    if (draft.tags.length >= TAGS_PER_RULE_MAX) {
      throw new RuleError("too-many-values", `at most ${TAGS_PER_RULE_MAX} tags may be given`);
    }
    draft.tags.push(spec);
  },
});
