/** vlan.layers: how many VLAN tags the packet has (IEEE 802.1Q). */
import { VLAN_LAYERS_MAX } from "../../layers/packet.ts";
import { RuleError } from "../../rule/diagnostic.ts";
import { unsignedKeyword } from "../families/unsigned-keyword.ts";

export const vlanLayers = unsignedKeyword({
  name: "vlan.layers",
  family: "TCP/UDP/ICMP header",
  summary: "Compares the number of VLAN tags.",
  since: "8.0.0",
  bits: 8,
  units: false,
  prefilter: true,
  examples: [
    { options: "vlan.layers:0;", meaning: "no tag" },
    { options: "vlan.layers:>1;", meaning: "stacked tags" },
  ],
  read: (packet) => packet.vlanCount,
  alsoCompile(comparison, draft) {
    if (Math.max(comparison.value, comparison.value2) > VLAN_LAYERS_MAX) {
      throw new RuleError(
        "number-out-of-range",
        `a packet has at most ${VLAN_LAYERS_MAX} VLAN tags`,
      );
    }
    draft.requirePacket = true;
  },
});
