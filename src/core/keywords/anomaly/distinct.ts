/**
 * distinct: how many different hosts or ports, by a sketch: exact to four, within about 5 % above. Otherwise as volume.
 */
import { defineKeyword } from "../../detect/keyword.ts";
import { type Measure, parseMeasure } from "./measure-options.ts";
import { addPlainLimit } from "./volume.ts";

export const distinct = defineKeyword<Measure>({
  name: "distinct",
  family: "anomaly",
  summary:
    "Alerts when a key has to do with more different hosts or ports than a limit in a window.",
  syntax:
    "distinct:peers|clients|ports >COUNT[, window TIME][, track by_src|by_dst|by_both|by_service|by_network]",
  since: "Shrike",
  argument: "required",
  examples: [
    {
      options: "distinct:peers >100, window 5m, track by_src;",
      meaning: "the source began flows with more than 100 hosts: a horizontal scan",
    },
    {
      options: "distinct:ports >50, window 5m, track by_both;",
      meaning: "one client tried more than 50 ports of one server: a vertical scan",
    },
    {
      options: "distinct:clients >500, window 1h, track by_service;",
      meaning: "more than 500 hosts made contact with one service",
    },
  ],
  parse: (option) => parseMeasure(option, ["count"], []).measure,
  compile: (measure, draft) => addPlainLimit("distinct", measure, draft),
});
