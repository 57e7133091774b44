/** Which flow is asked for: by flow_id, Community ID, or addresses and ports; and whether a packet belongs to it. */
import { addressToText } from "../../core/bytes/address-text.ts";
import { communityId } from "../../core/engine/community-id.ts";
import { Flow } from "../../core/flow/flow.ts";
import type { Packet } from "../../core/layers/packet.ts";

export type FlowQuery =
  | { readonly kind: "flowId"; readonly id: number }
  | { readonly kind: "communityId"; readonly id: string }
  | { readonly kind: "endpoints"; readonly key: string };

/** `1234567890`, `1:base64=`, or `10.0.0.1:1234-10.0.0.2:80` with an optional `/6`; null when it is none of these. */
export function parseFlowQuery(text: string): FlowQuery | null {
  if (/^\d{1,16}$/.test(text)) return { kind: "flowId", id: Number(text) };
  if (/^1:[A-Za-z0-9+/]{27}=$/.test(text)) return { kind: "communityId", id: text };
  const found = /^(\S+):(\d{1,5})-(\S+):(\d{1,5})(?:\/(\d{1,3}))?$/.exec(text);
  if (found === null) return null;
  const [, source = "", sourcePort = "", destination = "", destinationPort = "", protocol] = found;
  const ends = [`${bare(source)} ${sourcePort}`, `${bare(destination)} ${destinationPort}`];
  return { kind: "endpoints", key: `${protocol ?? "6"} ${ends.sort().join(" ")}` };
}

/** IPv6 addresses may stand in brackets. */
function bare(address: string): string {
  return address.replaceAll(/[[\]]/g, "").toLowerCase();
}

/** The same for both directions of a flow. */
export function endpointsKey(packet: Packet): string {
  const source = addressToText(packet.ipVersion, packet.sourceWords);
  const destination = addressToText(packet.ipVersion, packet.destinationWords);
  const ends = [`${source} ${packet.sourcePort}`, `${destination} ${packet.destinationPort}`];
  return `${packet.protocol} ${ends.sort().join(" ")}`;
}

/** Community IDs of packets, computed once for each pair of endpoints. */
export class CommunityIds {
  private readonly known = new Map<string, string>();
  private readonly flow = new Flow(0);
  private readonly seed: number;

  constructor(seed: number) {
    this.seed = seed;
  }

  of(packet: Packet, key: string): string {
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const { flow } = this;
    flow.ipVersion = packet.ipVersion;
    flow.protocol = packet.protocol;
    flow.sourceWords.set(packet.sourceWords);
    flow.destinationWords.set(packet.destinationWords);
    flow.sourcePort = packet.sourcePort;
    flow.destinationPort = packet.destinationPort;
    flow.icmpType = packet.icmpType;
    flow.icmpCode = packet.icmpCode;
    const id = communityId(flow, this.seed);
    if (packet.transport !== 1 && packet.transport !== 58) this.known.set(key, id);
    return id;
  }
}
