/** The fields `packet` and `packet_info`: the bytes of a packet and what they are. */
import { type Packet, PacketSource } from "../../layers/packet.ts";
import { linkTypeName } from "../link-type-names.ts";
import type { EveContext } from "./envelope.ts";

/** Link type of packets that begin with an IP header. */
const RAW_IP = 12;

/** Appends both fields; inner packets of tunnels and defragmented ones are raw IP. */
export function writePacketBytes(context: EveContext, packet: Packet): void {
  const { writer, bytes } = context;
  const isRebuilt = packet.source === PacketSource.defragmented;
  const isInner = !isRebuilt && (packet.depth > 0 || packet.parent !== null);
  const linkType = isInner ? RAW_IP : packet.linkType;
  writer.base64("packet", bytes, packet.start, packet.end);
  writer.beginObject("packet_info");
  writer.number("linktype", linkType);
  const name = linkTypeName(linkType);
  if (name !== "") writer.string("linktype_name", name);
  writer.endObject();
}
