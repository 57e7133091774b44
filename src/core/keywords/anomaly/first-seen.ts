/**
 * first_seen: a host of the home network does something for the first time: contacts a host (peer) or port, offers a
 * service, sends a server name (sni) or user agent. Told only of hosts that were followed for long enough. Values are
 * kept as fingerprints in a bounded table; what falls out of it is new again.
 */
import { FirstSeenLimit, type SeenKind, seenKinds } from "../../anomaly/metrics/first-seen.ts";
import { defineKeyword } from "../../detect/keyword.ts";
import { LimitOptions } from "./limit-options.ts";
import { addSignalCheck, metricsOf } from "./metric-rules.ts";

interface Sight {
  readonly kind: SeenKind;
  readonly learnSeconds: number;
  readonly expireSeconds: number;
}

const DAY_SECONDS = 86_400;
const YEAR_SECONDS = 365 * DAY_SECONDS;

export const firstSeen = defineKeyword<Sight>({
  name: "first_seen",
  family: "anomaly",
  summary: "Alerts when a host has a peer, port, service, server name or user agent it never had.",
  syntax: `first_seen:${seenKinds.join("|")}[, learn TIME][, expire TIME]`,
  since: "Shrike",
  argument: "required",
  examples: [
    {
      options: "first_seen:service, learn 1w;",
      meaning:
        "the packet's source, known for a week, answers on a port for the first time: a new server",
    },
    {
      options: "first_seen:peer, learn 2w, expire 30d;",
      meaning: "the source contacts a host that it did not contact in the last 30 days",
    },
  ],
  parse(option) {
    option.required();
    const [kind = option.whole, rest] = option.split(",", 2);
    const found = option.oneOf(kind, seenKinds, "kind");
    if (rest === undefined) {
      return {
        kind: found,
        learnSeconds: 7 * DAY_SECONDS,
        expireSeconds: Number.POSITIVE_INFINITY,
      };
    }
    const given = new LimitOptions(option, ["learn", "expire"], rest);
    const range = { min: DAY_SECONDS, max: YEAR_SECONDS };
    return {
      kind: found,
      learnSeconds: given.seconds("learn", { min: 0, max: YEAR_SECONDS }, 7 * DAY_SECONDS),
      expireSeconds: given.seconds("expire", range, Number.POSITIVE_INFINITY),
    };
  },
  compile({ kind, learnSeconds, expireSeconds }, draft) {
    const limit = new FirstSeenLimit(kind, learnSeconds / 60, expireSeconds / 60);
    metricsOf(draft.builder).addFirstSeen(limit, draft.builder);
    addSignalCheck(draft, "first_seen", limit, "by_src", ({ subject, value, learnedWindows }) => ({
      metric: kind,
      subject,
      value,
      learnedDays: learnedWindows / 1440,
    }));
  },
});
