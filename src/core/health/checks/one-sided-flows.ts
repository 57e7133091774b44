/** TCP flows of which only one direction is seen. */
import { defineHealthCheck, percent } from "../health-check.ts";

/** Fewer flows tell nothing. */
const FLOWS_MIN = 20;
const WARNING_SHARE = 0.1;
const ERROR_SHARE = 0.5;

export const oneSidedFlows = defineHealthCheck({
  name: "one-sided-flows",
  summary: "Of many TCP flows only one direction arrives.",
  cause: "the tap or mirror port passes one direction, or the way back takes another path",
  remedy:
    "mirror both directions, watch the interface of the other direction too (-i A -i B), or set stream.async-oneside if it cannot be helped",
  find(growth) {
    const flows = growth.of("health.tcp_flows");
    if (flows < FLOWS_MIN) return null;
    const share = growth.of("health.one_sided_flows") / flows;
    if (share < WARNING_SHARE) return null;
    const severity = share >= ERROR_SHARE ? "error" : "warning";
    return { severity, value: share, message: `${percent(share)} of ${flows} flows are one-sided` };
  },
});
