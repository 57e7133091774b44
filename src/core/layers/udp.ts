/**
 * UDP (RFC 768), and the tunnels that are looked for on their ports, in this order: Teredo, Geneve, VXLAN,
 * GTP-U. A datagram that turns out not to be a tunnel is an ordinary one.
 *
 * @hotpath
 */
import { readUint16 } from "../bytes/endian.ts";
import { DecoderCounter } from "./decoder-counters.ts";
import type { TunnelOptions } from "./decoder-options.ts";
import { decodeGeneve } from "./geneve.ts";
import { decodeGtpUser } from "./gtp-user.ts";
import type { Layer, LayerContext } from "./layer.ts";
import type { Packet } from "./packet.ts";
import { decoderEvent } from "./packet-events.ts";
import { decodeTeredo } from "./teredo.ts";
import { decodeVxlan } from "./vxlan.ts";

const HEADER_BYTES = 8;
const PROTOCOL = 17;

const HEADER_TOO_SMALL = decoderEvent("udp.hlen_too_small");
const TOO_SMALL = decoderEvent("udp.pkt_too_small");
const INVALID_LENGTH = decoderEvent("udp.len_invalid");

export const udp: Layer = { name: "udp", rfc: "RFC 768", decode: decodeUdp };

export function decodeUdp(
  decoder: LayerContext,
  packet: Packet,
  start: number,
  end: number,
): boolean {
  const { bytes } = decoder;
  decoder.counters.add(DecoderCounter.udp);
  if (end - start < HEADER_BYTES) return fail(packet, HEADER_TOO_SMALL);
  const length = readUint16(bytes, start + 4);
  if (end - start < length) return fail(packet, TOO_SMALL);
  if (length < HEADER_BYTES) return fail(packet, INVALID_LENGTH);
  packet.protocol = PROTOCOL;
  packet.transport = PROTOCOL;
  packet.transportStart = start;
  packet.transportHeaderLength = HEADER_BYTES;
  packet.sourcePort = readUint16(bytes, start);
  packet.destinationPort = readUint16(bytes, start + 2);
  packet.udpLength = length;
  packet.payloadStart = start + HEADER_BYTES;
  packet.payloadEnd = start + length;
  packet.wantsFlow = true;
  decodeTunnel(decoder, packet);
  return true;
}

function fail(packet: Packet, event: number): boolean {
  packet.addFatalEvent(event);
  return false;
}

function decodeTunnel(decoder: LayerContext, packet: Packet): void {
  const { options } = decoder;
  const { sourcePort, destinationPort, payloadStart, payloadEnd } = packet;
  if (isAtEither(options.teredo, sourcePort, destinationPort)) {
    if (decodeTeredo(decoder, packet, payloadStart, payloadEnd)) return;
  }
  if (isAtEither(options.geneve, sourcePort, destinationPort)) {
    if (decodeGeneve(decoder, packet, payloadStart, payloadEnd)) return;
  }
  // A VXLAN sender takes a source port of its own for each flow.
  if (isAtPort(options.vxlan, destinationPort)) {
    if (decodeVxlan(decoder, packet, payloadStart, payloadEnd)) return;
  }
  if (isAtEither(options.gtp, sourcePort, destinationPort)) {
    decodeGtpUser(decoder, packet, payloadStart, payloadEnd);
  }
}

function isAtEither(tunnel: TunnelOptions, sourcePort: number, destinationPort: number): boolean {
  return isAtPort(tunnel, sourcePort) || isAtPort(tunnel, destinationPort);
}

function isAtPort(tunnel: TunnelOptions, port: number): boolean {
  return tunnel.enabled && (tunnel.ports === null || tunnel.ports.includes(port));
}
