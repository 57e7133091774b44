/**
 * vlan.id: the number of a VLAN (IEEE 802.1Q), of any tag, of all, or of the tag at a place: 0 is the outermost,
 * -1 the innermost. A packet without a tag at that place never matches.
 */
import { Check } from "../../detect/check.ts";
import type { DetectionContext } from "../../detect/detection-context.ts";
import { defineKeyword } from "../../detect/keyword.ts";
import { VLAN_LAYERS_MAX } from "../../layers/packet.ts";
import {
  matchesNumber,
  type NumberComparison,
  parseNumberPiece,
} from "../../rule/number-comparison.ts";
import type { OptionText, TextPiece } from "../../rule/option-text.ts";

const VLAN_LAST = 0xfff;

interface VlanDemand {
  readonly comparison: NumberComparison;
  readonly layer: "any" | "all" | number;
}

export const vlanId = defineKeyword<VlanDemand>({
  name: "vlan.id",
  family: "TCP/UDP/ICMP header",
  summary: "Compares the number of a VLAN.",
  syntax: "vlan.id:[op]N[,0|1|2|-1|-2|-3|any|all]",
  since: "8.0.0",
  argument: "required",
  examples: [
    { options: "vlan.id:300;", meaning: "any tag has the number 300" },
    { options: "vlan.id:>10,-1;", meaning: "the innermost tag is above 10" },
  ],
  parse(option) {
    option.required();
    const [number, layer] = option.split(",", 2);
    const place = number ?? option.whole;
    const comparison = parseNumberPiece(option, place, { bits: 16, units: false });
    if (Math.max(comparison.value, comparison.value2) > VLAN_LAST) {
      option.failAt(place, "number-out-of-range", `a VLAN has a number of 0 to ${VLAN_LAST}`);
    }
    return { comparison, layer: layer === undefined ? "any" : parseLayer(option, layer) };
  },
  compile(demand, draft) {
    draft.requirePacket = true;
    draft.addPacketCheck(Check.of("vlan.id", demand, hasVlan), { prefilter: true });
  },
});

function parseLayer(option: OptionText, piece: TextPiece): VlanDemand["layer"] {
  if (piece.text === "any" || piece.text === "all") return piece.text;
  return option.integer(piece, { min: -VLAN_LAYERS_MAX, max: VLAN_LAYERS_MAX - 1, name: "layer" });
}

function hasVlan({ packet }: DetectionContext, { comparison, layer }: VlanDemand): boolean {
  const { vlanCount, vlanIds } = packet;
  if (vlanCount === 0) return false;
  if (typeof layer === "number") {
    const index = layer < 0 ? vlanCount + layer : layer;
    return index >= 0 && index < vlanCount && matchesNumber(comparison, vlanIds[index]!);
  }
  const wantsAll = layer === "all";
  for (let i = 0; i < vlanCount; i++) {
    if (matchesNumber(comparison, vlanIds[i]!) !== wantsAll) return !wantsAll;
  }
  return wantsAll;
}
