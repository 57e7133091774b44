/** Holes in TCP streams that we did not make: data was acknowledged that never came. */
import { defineHealthCheck, percent } from "../health-check.ts";

const GAPS_MIN = 10;
/** Gaps by session. */
const SHARE = 0.02;

export const sequenceGaps = defineHealthCheck({
  name: "sequence-gaps",
  summary:
    "TCP data is missing that the receiver has: packets are lost on their way to the engine.",
  cause:
    "the mirror port or an aggregator in front of the engine drops packets: it is given more than its line can carry",
  remedy:
    "mirror fewer ports, use a faster line or a tap; check the drop counters of the switch; if kernel-drops is reported too, mend that first",
  find(growth) {
    const gaps = growth.of("tcp.reassembly_gap");
    const sessions = growth.of("tcp.sessions") + growth.of("tcp.midstream_pickups");
    if (gaps < GAPS_MIN || gaps < sessions * SHARE) return null;
    const share = gaps / Math.max(1, sessions);
    const hasDrops = growth.of("capture.kernel_drops") > 0;
    const message = `${gaps} holes in the streams of ${sessions} sessions (${percent(share)})`;
    return { severity: hasDrops ? "warning" : "error", value: share, message };
  },
});
