/** Limits that were reached: something was not tracked, kept or inspected. */
import { defineHealthCheck } from "../health-check.ts";

/** Counters of refusals, and the setting that lifts the limit. */
const LIMITS: readonly (readonly [RegExp, string])[] = [
  [/^flow\.memcap$|^flow\.emerg_mode_entered$/, "flow.memcap"],
  [/^tcp\.ssn_memcap_drop$/, "stream.memcap"],
  [/^tcp\.segment_memcap_drop$|^tcp\.insert_data_normal_fail$/, "stream.reassembly.memcap"],
  [/^defrag\.max_(trackers|frags)_reached$/, "defrag.memcap"],
  [/^detect\.alert_queue_overflow$/, "packet-alert-max"],
  [/^detect\.dataset_values_refused$/, "the dataset's memcap"],
  [/^detect\..+_refused$/, "a limit of detection"],
  [/_refused$|\.memcap_/, "a limit of a protocol parser"],
];

const NAMED_MAX = 4;

export const memoryLimits = defineHealthCheck({
  name: "memory-limits",
  summary: "A limit was reached: flows, streams or matches were given up.",
  cause: "there is more traffic than the limits were made for, or an attack that fills tables",
  remedy: "raise the setting that is named, if the machine has the memory; shorten flow timeouts",
  find(growth) {
    const reached = new Map<string, string[]>();
    let total = 0;
    const isLimit = (name: string): boolean => LIMITS.some(([pattern]) => pattern.test(name));
    for (const [name, by] of growth.grown(isLimit)) {
      const setting = LIMITS.find(([pattern]) => pattern.test(name))?.[1] ?? "";
      const list = reached.get(setting) ?? [];
      list.push(`${name} +${by}`);
      reached.set(setting, list);
      total += by;
    }
    if (total === 0) return null;
    const parts = [...reached].slice(0, NAMED_MAX);
    const message = parts.map(([setting, names]) => `${setting} (${names.join(", ")})`).join("; ");
    return { severity: "warning", value: total, message: `reached: ${message}` };
  },
});
