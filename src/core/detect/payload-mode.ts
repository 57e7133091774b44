/**
 * Where the contents over the payload look: into each packet, into the reassembled stream, or both. Suricata's
 * rule: keywords may demand one of the two; otherwise rules that admit TCP look into the stream, and into the
 * packets too when a content has an offset or a depth.
 */
import { payloadBuffer } from "./buffer.ts";
import type { ContentItem } from "./content-item.ts";
import { admitsTcp, type HeaderProtocol } from "./header-protocols.ts";
import type { RuleDraft } from "./rule-draft.ts";

export interface PayloadMode {
  readonly packet: boolean;
  readonly stream: boolean;
}

export function payloadMode(draft: RuleDraft, protocol: HeaderProtocol): PayloadMode {
  if (draft.requirePacket || draft.requireStream) {
    return { packet: draft.requirePacket, stream: draft.requireStream };
  }
  const payload = draft.buffers.find((buffer) => buffer.declaration === payloadBuffer);
  if (payload === undefined || !admitsTcp(protocol)) return { packet: true, stream: false };
  const isPlaced = payload.items.some((item) => {
    if (item.keyword !== "content") return false;
    const content = item as ContentItem; // only ContentItem has this keyword
    return content.depth !== null || content.offset !== null || content.startsWith;
  });
  return { packet: draft.alsoPackets || isPlaced, stream: true };
}
