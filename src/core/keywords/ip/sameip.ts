/** sameip: sender and receiver have one address (the "land" attack). */
import { Check } from "../../detect/check.ts";
import type { DetectionContext } from "../../detect/detection-context.ts";
import { defineKeyword } from "../../detect/keyword.ts";

export const sameip = defineKeyword<void>({
  name: "sameip",
  family: "IP header",
  summary: "Asks for a packet whose sender and receiver have the same address.",
  syntax: "sameip",
  since: "<=7.0",
  argument: "none",
  examples: [{ options: "sameip;", meaning: "from an address to itself" }],
  parse: (option) => option.requireNone(),
  compile(_, draft) {
    draft.requirePacket = true;
    draft.addPacketCheck(Check.of("sameip", null, hasSameAddresses));
  },
});

function hasSameAddresses({ packet }: DetectionContext): boolean {
  if (packet.ipVersion === 0) return false;
  const { sourceWords, destinationWords } = packet;
  for (let i = 0; i < 4; i++) if (sourceWords[i] !== destinationWords[i]) return false;
  return true;
}
