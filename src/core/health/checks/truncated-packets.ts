/** Packets that were longer than what was captured of them. */
import { defineHealthCheck } from "../health-check.ts";

export const truncatedPackets = defineHealthCheck({
  name: "truncated-packets",
  summary: "Packets are cut: their ends are not looked into.",
  cause:
    "the snap length is too small, or the card joins packets into large ones (GRO, LRO) that do not fit",
  remedy: "turn joining off: ethtool -K IFACE gro off lro off; raise the snap length",
  find(growth) {
    const count = growth.of("health.truncated_packets");
    if (count === 0) return null;
    return { severity: "error", value: count, message: `${count} packets are cut` };
  },
});
