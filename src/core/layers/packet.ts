/**
 * One decoded packet. The engine reuses its packets: `reset` clears every field, decoders write offsets into
 * the arena and numbers, nothing here owns bytes. Flows hold no packet.
 * All fields are initialised in the constructor, in one order, so that the object stays monomorphic.
 * Addresses are four signed 32-bit words in network order (IPv4: word 0 only, the others 0), ready for
 * hashing and set look-up; every offset is a position in the arena and -1 where the layer is absent.
 *
 * @hotpath
 */
import type { Flow } from "../flow/flow.ts";

/** Where a packet came from; the EVE field `pkt_src` has a name for each. */
export const PacketSource = {
  wire: 0,
  greTunnel: 1,
  ipv4InIpv4: 2,
  ipv6InIpv4: 3,
  ipv4InIpv6: 4,
  ipv6InIpv6: 5,
  teredo: 6,
  defragmented: 7,
  erspanTunnel: 8,
  vxlan: 9,
  geneve: 10,
  gtp: 11,
  /** Made at the end of a flow to inspect what was left. */
  flowTimeout: 12,
  /** Made to flush what was not inspected yet: a protocol change, an end of inspection. */
  streamFlush: 13,
  arpTunnel: 14,
} as const;

export const Direction = { toServer: 0, toClient: 1 } as const;

/** Events (decoder, stream) a packet can carry; more are counted but not kept. */
export const PACKET_EVENTS_MAX = 15;
/** VLAN tags that are kept; a further one is the event `vlan.too_many_layers`. */
export const VLAN_LAYERS_MAX = 3;

/** Checksum states of one header. */
export const ChecksumState = { unknown: 0, valid: 1, invalid: 2 } as const;

export class Packet {
  /** Packet time in microseconds since the epoch (a double: exact to 2^53). */
  timeUs = 0;
  /** Number of the record in its capture, from 1; 0 for packets that are in no capture. */
  captureNumber = 0;
  /** A value of PacketSource. */
  source = 0;
  linkType = 0;
  interfaceIndex = 0;
  /** The captured bytes of this packet: for an inner packet of a tunnel, from its own first header on. */
  start = 0;
  end = 0;
  wireLength = 0;

  /** The packet that carried this one (tunnel, fragments), null for packets of the wire. */
  parent: Packet | null = null;
  /** 0 for packets of the wire, one more for each tunnel around it. */
  depth = 0;

  // Link layer
  etherStart = -1;
  etherType = 0;
  vlanCount = 0;
  vlanIds = new Uint16Array(VLAN_LAYERS_MAX);
  arpStart = -1;
  mplsLabelCount = 0;

  // Network layer
  ipVersion = 0;
  ipStart = -1;
  ipHeaderLength = 0;
  /** Offset one past the IP packet by its own length field, cut to the captured bytes. */
  ipEnd = 0;
  /** IPv4 protocol or the last IPv6 next header: TCP 6, UDP 17, ICMP 1 ... */
  protocol = 0;
  hopLimit = 0;
  typeOfService = 0;
  ipIdentification = 0;
  /** IPv4 flags as in the header: reserved 4, don't fragment 2, more fragments 1. IPv6 fragments use bit 1. */
  ipFlags = 0;
  /** In units of 8 bytes. */
  fragmentOffset = 0;
  isFragment = false;
  /** Bit set of IPv4 options seen; the bits are named in layers/ipv4.ts. */
  ipOptions = 0;
  ipv6FlowLabel = 0;
  sourceWords = new Int32Array(4);
  destinationWords = new Int32Array(4);

  // Transport layer: `transport` is 0 until the header was decoded without a fatal problem.
  transport = 0;
  transportStart = -1;
  transportHeaderLength = 0;
  sourcePort = 0;
  destinationPort = 0;
  payloadStart = 0;
  payloadEnd = 0;

  // TCP (sequence numbers as signed 32-bit integers: compare by subtraction)
  sequenceNumber = 0;
  acknowledgmentNumber = 0;
  tcpFlags = 0;
  window = 0;
  urgentPointer = 0;
  /** Bit set of TCP options seen; the bits are named in layers/tcp.ts. */
  tcpOptions = 0;
  maximumSegmentSize = -1;
  windowScale = -1;
  timestampValue = 0;
  timestampEcho = 0;
  /** Offset of the first SACK block and their count. */
  sackStart = -1;
  sackCount = 0;
  /** Offset and length of the Fast Open cookie; length -1 without the option. */
  fastOpenStart = -1;
  fastOpenLength = -1;

  // UDP
  udpLength = 0;

  // ICMP (v4 and v6)
  icmpType = 0;
  icmpCode = 0;
  /** -1 where the type has none. */
  icmpId = -1;
  icmpSequence = -1;
  icmpv6Mtu = -1;
  /** The packet quoted in an ICMP error: its IP header, protocol and ports; -1 when there is none. */
  embeddedIpStart = -1;
  embeddedIpVersion = 0;
  embeddedProtocol = -1;
  embeddedSourcePort = 0;
  embeddedDestinationPort = 0;

  // Others
  igmpType = -1;
  espSpi = -1;
  sctpVerificationTag = 0;
  sctpChunkCount = 0;

  ipChecksum = 0;
  /** Checksums are taken for valid without a look (`-k none`); inner and reassembled packets are verified. */
  checksumsIgnored = false;
  transportChecksum = 0;

  // Events: codes of layers/packet-events.ts
  eventCount = 0;
  events = new Uint16Array(PACKET_EVENTS_MAX);
  /** A fatal decoder event: the packet is not tracked in a flow and only packet rules see it. */
  invalid = false;
  /** The decoder found a layer that is tracked in flows: TCP, UDP, ICMP, SCTP, ESP, or IP over IP. */
  wantsFlow = false;

  // Set by flow and stream tracking
  flow: Flow | null = null;
  /** A value of Direction; meaningful with a flow or for pseudo packets. */
  direction = 0;
  /** The first packet of its flow in this direction. */
  firstInDirection = false;
  /** Payload was given to the stream: it is inspected there. */
  inStream = false;
  /** The flow was established when the packet came; for UDP and others, both sides were seen. */
  established = false;
  /** The TCP connection is established, with this packet at the latest. */
  inConnection = false;
  /** The last pseudo packet of a stream: everything left is inspected. */
  streamEnd = false;
  /** No rule is run: the flow is bypassed or passed. */
  noInspection = false;
  noPayloadInspection = false;

  // Verdict
  /** A bit set of Verdict (engine/verdict.ts). */
  verdict = 0;
  /** A value of DropReason. */
  dropReason = 0;

  reset(): void {
    this.timeUs = this.captureNumber = this.source = this.linkType = this.interfaceIndex = 0;
    this.start = this.end = this.wireLength = 0;
    this.parent = null;
    this.depth = 0;
    this.resetLink();
    this.clearNetwork();
    this.resetTransport();
    this.eventCount = 0;
    this.invalid = this.wantsFlow = false;
    this.flow = null;
    this.direction = 0;
    this.firstInDirection = this.inStream = this.established = this.streamEnd = false;
    this.inConnection = false;
    this.noInspection = this.noPayloadInspection = false;
    this.verdict = this.dropReason = 0;
  }

  private resetLink(): void {
    this.etherStart = -1;
    this.etherType = this.vlanCount = this.mplsLabelCount = 0;
    this.arpStart = -1;
  }

  /** Forgets the network layer, as when its header turns out to be broken. */
  clearNetwork(): void {
    this.ipVersion = 0;
    this.ipStart = -1;
    this.ipHeaderLength = this.ipEnd = this.protocol = this.hopLimit = this.typeOfService = 0;
    this.ipIdentification = this.ipFlags = this.fragmentOffset = this.ipOptions = 0;
    this.isFragment = false;
    this.ipv6FlowLabel = 0;
    const source = this.sourceWords;
    const destination = this.destinationWords;
    source[0] = source[1] = source[2] = source[3] = 0;
    destination[0] = destination[1] = destination[2] = destination[3] = 0;
    this.ipChecksum = 0;
    this.checksumsIgnored = false;
  }

  private resetTransport(): void {
    this.transport = 0;
    this.transportStart = -1;
    this.transportHeaderLength = this.sourcePort = this.destinationPort = 0;
    this.payloadStart = this.payloadEnd = 0;
    this.sequenceNumber = this.acknowledgmentNumber = this.tcpFlags = this.window = 0;
    this.urgentPointer = this.tcpOptions = 0;
    this.maximumSegmentSize = this.windowScale = -1;
    this.timestampValue = this.timestampEcho = 0;
    this.sackStart = -1;
    this.sackCount = 0;
    this.fastOpenStart = this.fastOpenLength = -1;
    this.udpLength = this.icmpType = this.icmpCode = 0;
    this.icmpId = this.icmpSequence = this.icmpv6Mtu = -1;
    this.embeddedIpStart = -1;
    this.embeddedIpVersion = 0;
    this.embeddedProtocol = -1;
    this.embeddedSourcePort = this.embeddedDestinationPort = 0;
    this.igmpType = this.espSpi = -1;
    this.sctpVerificationTag = this.sctpChunkCount = 0;
    this.transportChecksum = 0;
  }

  /**
   * Records an event, again when it occurs again: EVE reports each. Past PACKET_EVENTS_MAX further ones are not
   * kept on the packet.
   */
  addEvent(code: number): void {
    const count = this.eventCount;
    if (count === PACKET_EVENTS_MAX) return;
    this.events[count] = code;
    this.eventCount = count + 1;
  }

  /** Records an event that makes the packet invalid. */
  addFatalEvent(code: number): void {
    this.invalid = true;
    this.addEvent(code);
  }

  hasEvent(code: number): boolean {
    for (let i = 0; i < this.eventCount; i++) if (this.events[i] === code) return true;
    return false;
  }

  get payloadLength(): number {
    return this.payloadEnd - this.payloadStart;
  }
}
