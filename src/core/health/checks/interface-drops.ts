/** Packets that the network card had no room for. */
import { defineHealthCheck } from "../health-check.ts";

export const interfaceDrops = defineHealthCheck({
  name: "interface-drops",
  summary: "The network card loses packets before the kernel has them.",
  cause: "the card's queues overflow: interrupts come too late or the rings are short",
  remedy: "lengthen them: ethtool -G IFACE rx 4096; spread interrupts over more processors",
  find(growth) {
    const drops = growth.of("capture.kernel_ifdrops");
    if (drops === 0) return null;
    return { severity: "error", value: drops, message: `${drops} packets were lost in the card` };
  },
});
