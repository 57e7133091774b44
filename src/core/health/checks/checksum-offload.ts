/** Wrong checksums in numbers that no line makes: they are computed after the capture. */
import { defineHealthCheck, percent } from "../health-check.ts";

const PACKETS_MIN = 20;
const SHARE = 0.1;

export const checksumOffload = defineHealthCheck({
  name: "checksum-offload",
  summary: "So many checksums are wrong that the network card must compute them.",
  cause: "packets of this machine are captured before the card fills in their checksums",
  remedy: "turn it off: ethtool -K IFACE rx off tx off; or do not verify: -k none",
  find(growth) {
    const packets = growth.of("decoder.tcp");
    const wrong = growth.of("tcp.invalid_checksum");
    if (wrong < PACKETS_MIN || wrong < packets * SHARE) return null;
    const share = Math.min(1, wrong / Math.max(1, packets));
    const message = `${percent(share)} of TCP packets have a wrong checksum and are not looked into`;
    return { severity: "error", value: share, message };
  },
});
