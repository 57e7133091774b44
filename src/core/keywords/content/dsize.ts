/** dsize: the size of the packet's payload. Packets that the engine makes itself have none. */
import { payloadBuffer } from "../../detect/buffer.ts";
import { type Packet, PacketSource } from "../../layers/packet.ts";
import { RuleError } from "../../rule/diagnostic.ts";
import { unsignedKeyword } from "../families/unsigned-keyword.ts";
import { requireContentsFit } from "./matching/required-size.ts";

export const dsize = unsignedKeyword({
  name: "dsize",
  family: "content",
  summary: "Compares the size of the packet's payload in bytes.",
  bits: 16,
  read: payloadSize,
  prefilter: true,
  examples: [
    { options: "dsize:0;", meaning: "no payload" },
    { options: "dsize:>1000;", meaning: "more than 1000 bytes" },
    { options: "dsize:300<>400;", meaning: "301 to 399 bytes" },
  ],
  alsoCompile(comparison, draft) {
    if (draft.packetChecks.filter(({ check }) => check.keyword === "dsize").length > 1) {
      throw new RuleError("duplicate-option", '"dsize" can be used once in a rule');
    }
    draft.requirePacket = true;
    draft.onFinish(() => {
      const payload = draft.buffers.find(
        ({ declaration, transforms }) => declaration === payloadBuffer && transforms.length === 0,
      );
      requireContentsFit(payload, comparison, "dsize");
    });
  },
});

function payloadSize(packet: Packet): number {
  const { source } = packet;
  const isMade = source === PacketSource.flowTimeout || source === PacketSource.streamFlush;
  return isMade ? -1 : packet.payloadEnd - packet.payloadStart;
}
