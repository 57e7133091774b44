/**
 * The fields that nearly every event starts with: time, flow, capture position, type, addresses. Written from
 * a packet or from a flow; the records add their own part after it.
 */
import { addressToText, macToText } from "../../bytes/address-text.ts";
import { applicationOf } from "../../detect/flow-application.ts";
import type { RuleBuilder } from "../../detect/rule-builder.ts";
import { JsonWriter } from "../../eve/json-writer.ts";
import { TimestampFormatter } from "../../eve/timestamp.ts";
import type { Flow } from "../../flow/flow.ts";
import { hardwareAddressText } from "../../flow/hardware-addresses.ts";
import { Direction, type Packet } from "../../layers/packet.ts";
import { type ProtocolRegistry, UNKNOWN_PROTOCOL } from "../../protocols/registry.ts";
import { communityId } from "../community-id.ts";
import type { EveOptions } from "../eve-options.ts";
import { packetSourceName } from "../packet-source-names.ts";
import { protocolName } from "../protocol-names.ts";

const ICMP_V4 = 1;
const ICMP_V6 = 58;
const ESP = 50;

/** What records write with: one per event log. */
export class EveContext {
  readonly writer = new JsonWriter();
  readonly options: EveOptions;
  readonly bytes: Uint8Array;
  readonly timestamps = new TimestampFormatter();
  /** Name of the capture being read, for `pcap_filename`. */
  captureName = "";
  /** Names of the interfaces, by their place, for `in_iface`; empty for captures. */
  interfaceNames: readonly string[] = [];
  /** Where the packet at hand is recorded, for `capture_file`; null where nothing is. */
  place: () => { readonly file: string; readonly offset: number } | null = () => null;
  /** The protocols' names; null where none are tracked. */
  protocols: ProtocolRegistry | null = null;
  /** Names of flow bits and counters; null without rules. */
  names: RuleBuilder | null = null;

  constructor(options: EveOptions, bytes: Uint8Array) {
    this.options = options;
    this.bytes = bytes;
  }
}

/** Whose addresses are source: those of the packet, always the client's, always the server's. */
export type Orientation = "packet" | "flow" | "reverse";

/** Addresses, as text, that stand in for those of the packet. */
export interface AddressOverride {
  readonly source?: string;
  readonly destination?: string;
}

/** Opens the line and writes the envelope of a packet's event; the caller closes the object. */
export function beginPacketEvent(
  context: EveContext,
  packet: Packet,
  type: string,
  orientation: Orientation = "packet",
  override: AddressOverride | null = null,
): JsonWriter {
  const { writer } = context;
  writer.beginObject();
  writer.string("timestamp", context.timestamps.format(packet.timeUs));
  if (packet.flow !== null) writeFlowIds(writer, packet.flow);
  writeSensor(context, packet.interfaceIndex);
  if (packet.captureNumber > 0) writer.number("pcap_cnt", packet.captureNumber);
  writer.string("event_type", type);
  writeVlan(writer, packet.vlanCount, packet.vlanIds);
  writePacketAddresses(writer, packet, orientation, override);
  writer.string("pkt_src", packetSourceName(packet.source));
  if (context.options.ethernet) writeEthernet(context, packet, orientation);
  writeCommunityId(context, packet.flow);
  writeVersion(context);
  return writer;
}

/** Opens the line and writes the envelope of a flow's own event. */
export function beginFlowEvent(
  context: EveContext,
  flow: Flow,
  type: string,
  timeUs: number,
  direction: number = Direction.toServer,
): JsonWriter {
  const { writer } = context;
  writer.beginObject();
  writer.string("timestamp", context.timestamps.format(timeUs));
  writeFlowIds(writer, flow);
  writeSensor(context, flow.interfaceIndex);
  writer.string("event_type", type);
  writeVlan(writer, flow.vlanCount, flow.vlanIds);
  writeFlowAddresses(writer, flow, direction);
  if (context.options.ethernet) writeFlowEthernet(writer, flow, direction);
  writeCommunityId(context, flow);
  writeVersion(context);
  return writer;
}

/** `app_proto` and what differs from it by direction, and before a change of protocol. */
export function writeApplicationProtocol(context: EveContext, flow: Flow): void {
  const { writer, protocols } = context;
  const state = applicationOf(flow);
  if (state === null || protocols === null) return;
  const { protocol, original, expected } = state;
  if (protocol !== UNKNOWN_PROTOCOL) writer.string("app_proto", protocols.eveName(protocol));
  const { toServerProtocol: toServer, toClientProtocol: toClient } = state;
  if (toServer !== UNKNOWN_PROTOCOL && toServer !== protocol) {
    writer.string("app_proto_ts", protocols.eveName(toServer));
  }
  if (toClient !== UNKNOWN_PROTOCOL && toClient !== protocol) {
    writer.string("app_proto_tc", protocols.eveName(toClient));
  }
  if (original !== UNKNOWN_PROTOCOL) {
    writer.string("app_proto_orig", protocols.eveName(original));
  }
  if (expected !== UNKNOWN_PROTOCOL) {
    writer.string("app_proto_expected", protocols.eveName(expected));
  }
}

function writeFlowIds(writer: JsonWriter, flow: Flow): void {
  writer.number("flow_id", flow.id);
  if (flow.parentId !== 0) writer.number("parent_id", flow.parentId);
}

function writeSensor(context: EveContext, interfaceIndex: number): void {
  const { options, writer, interfaceNames } = context;
  if (options.sensorName !== null) writer.string("host", options.sensorName);
  const interfaceName = interfaceNames[interfaceIndex];
  if (interfaceName !== undefined) writer.string("in_iface", interfaceName);
  if (options.pcapFile && context.captureName !== "") {
    writer.string("pcap_filename", context.captureName);
  }
}

function writeVlan(writer: JsonWriter, count: number, ids: Uint16Array): void {
  if (count === 0) return;
  writer.beginArray("vlan");
  for (let i = 0; i < count; i++) writer.numberItem(ids[i]!);
  writer.endArray();
}

function writePacketAddresses(
  writer: JsonWriter,
  packet: Packet,
  orientation: Orientation,
  override: AddressOverride | null,
): void {
  if (packet.ipVersion === 0) return;
  const swap = isSwapped(packet, orientation);
  const { ipVersion, sourceWords, destinationWords } = packet;
  const hasPorts =
    packet.sourcePort !== 0 || packet.destinationPort !== 0 || hasPortFields(packet.transport);
  const source =
    override?.source ?? addressToText(ipVersion, swap ? destinationWords : sourceWords);
  const destination =
    override?.destination ?? addressToText(ipVersion, swap ? sourceWords : destinationWords);
  writer.string("src_ip", source);
  if (hasPorts) writer.number("src_port", swap ? packet.destinationPort : packet.sourcePort);
  writer.string("dest_ip", destination);
  if (hasPorts) writer.number("dest_port", swap ? packet.sourcePort : packet.destinationPort);
  writer.string("proto", protocolName(packet.protocol));
  writer.number("ip_v", ipVersion);
  writePacketIcmp(writer, packet);
  if (packet.protocol === ESP && packet.espSpi >= 0) writer.number("spi", packet.espSpi);
}

function writePacketIcmp(writer: JsonWriter, packet: Packet): void {
  const isIcmp = packet.transport === ICMP_V4 || packet.transport === ICMP_V6;
  if (!isIcmp) return;
  writer.number("icmp_type", packet.icmpType);
  writer.number("icmp_code", packet.icmpCode);
}

function writeFlowAddresses(writer: JsonWriter, flow: Flow, direction: number): void {
  const swap = direction === Direction.toClient;
  const hasPorts = hasPortFields(flow.protocol);
  writer.string(
    "src_ip",
    addressToText(flow.ipVersion, swap ? flow.destinationWords : flow.sourceWords),
  );
  if (hasPorts) writer.number("src_port", swap ? flow.destinationPort : flow.sourcePort);
  writer.string(
    "dest_ip",
    addressToText(flow.ipVersion, swap ? flow.sourceWords : flow.destinationWords),
  );
  if (hasPorts) writer.number("dest_port", swap ? flow.sourcePort : flow.destinationPort);
  writer.number("ip_v", flow.ipVersion);
  writer.string("proto", protocolName(flow.protocol));
  if (flow.protocol === ICMP_V4 || flow.protocol === ICMP_V6) writeFlowIcmp(writer, flow);
  if (flow.protocol === ESP && flow.espSpi >= 0) writer.number("spi", flow.espSpi);
}

function writeFlowIcmp(writer: JsonWriter, flow: Flow): void {
  writer.number("icmp_type", flow.icmpType);
  writer.number("icmp_code", flow.icmpCode);
  if (flow.packetsToClient === 0 || flow.responseIcmpType < 0) return;
  writer.number("response_icmp_type", flow.responseIcmpType);
  writer.number("response_icmp_code", flow.responseIcmpCode);
}

/** TCP, UDP and SCTP have ports. */
export function hasPortFields(protocol: number): boolean {
  return protocol === 6 || protocol === 17 || protocol === 132;
}

/** Source and destination as those of the addresses; of a packet that was made, those of its flow. */
function writeEthernet(context: EveContext, packet: Packet, orientation: Orientation): void {
  const { writer, bytes } = context;
  const { etherStart: start, direction, flow } = packet;
  const swap = isSwapped(packet, orientation);
  if (start < 0) {
    if (flow !== null) writeFlowEthernet(writer, flow, swap ? 1 - direction : direction);
    return;
  }
  writer.beginObject("ether");
  writer.string("dest_mac", macToText(bytes, swap ? start + 6 : start));
  writer.string("src_mac", macToText(bytes, swap ? start : start + 6));
  writer.endObject();
}

function writeFlowEthernet(writer: JsonWriter, { hardware }: Flow, direction: number): void {
  if (hardware === null) return;
  const fromClient = direction === Direction.toServer;
  writer.beginObject("ether");
  writeAddresses(writer, "dest_macs", fromClient ? hardware.server : hardware.client);
  writeAddresses(writer, "src_macs", fromClient ? hardware.client : hardware.server);
  writer.endObject();
}

function writeAddresses(writer: JsonWriter, name: string, addresses: readonly number[]): void {
  writer.beginArray(name);
  for (const address of addresses) writer.stringItem(hardwareAddressText(address));
  writer.endArray();
}

/** The event's source is the packet's destination. */
function isSwapped({ direction }: Packet, orientation: Orientation): boolean {
  return (
    orientation !== "packet" && (direction === Direction.toServer) !== (orientation === "flow")
  );
}

function writeVersion({ writer, options: { version = null } }: EveContext): void {
  if (version !== null) writer.string("suricata_version", version);
}

function writeCommunityId(context: EveContext, flow: Flow | null): void {
  const seed = context.options.communityIdSeed;
  if (seed === null || flow === null) return;
  context.writer.string("community_id", communityId(flow, seed));
}
