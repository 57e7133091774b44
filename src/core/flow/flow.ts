/**
 * One flow: the packets of both directions between two endpoints. Pooled by the flow table, which keeps the
 * key, the hash chain and the times in typed arrays under `index`; a flow keeps what other parts ask for.
 * The first packet decides the direction: its source is the client. Source and destination here are those of
 * the first packet (a midstream pickup may swap them).
 *
 * @hotpath
 */
import type { TcpSession } from "../stream/tcp-session.ts";
import type { HardwareAddresses } from "./hardware-addresses.ts";

const NO_VLANS = new Uint16Array(0);

export const FlowState = { new: 0, established: 1, closed: 2, bypassed: 3 } as const;

export const FlowEndReason = { none: 0, timeout: 1, forced: 2, shutdown: 3, tcpReuse: 4 } as const;

/** What detection keeps with a flow (bits, counters, cached rule groups); it fills the slot itself. */
export interface FlowDetection {
  readonly groupsGeneration: number;
  /** Called when the flow ends or its slot is reused. */
  release(): void;
}

/** What application-protocol tracking keeps with a flow: protocol, transactions. */
export interface FlowApplication {
  readonly protocol: number;
  release(): void;
}

/** Fields that every packet needs come first: they share the lines of the processor's cache. */
export class Flow {
  /** Place in the flow table, stable for the life of the flow. */
  readonly index: number;
  /** IP protocol number. */
  protocol = 0;
  /** A value of FlowState. */
  state = 0;
  /** Bits of Verdict that hold for all later packets of the flow (drop, pass, bypass). */
  action = 0;
  lastUs = 0;
  packetsToServer = 0;
  packetsToClient = 0;
  bytesToServer = 0;
  bytesToClient = 0;
  /** Metrics look at the flow again at this packet time (Unix seconds) or after so many bytes of both directions. */
  nextLookSeconds = 0;
  nextLookBytes = 0;
  ttlMinToServer = 0;
  ttlMaxToServer = 0;
  ttlMinToClient = 0;
  ttlMaxToClient = 0;
  tcp: TcpSession | null = null;
  application: FlowApplication | null = null;
  detection: FlowDetection | null = null;
  noPayloadInspection = false;
  /** A protocol parser has seen enough: the flow may be bypassed. */
  bypassWanted = false;
  sourcePort = 0;
  destinationPort = 0;
  ipVersion = 0;
  /** Addresses; views of what the flow table keeps for many flows. */
  sourceWords: Int32Array;
  destinationWords: Int32Array;

  /** Unique number (below 2^53), stable for the life of the flow; EVE's `flow_id`. */
  id = 0;
  /** Id of the flow that expects or carries this one; 0 without. */
  parentId = 0;
  /** Order of creation, from 1. */
  serial = 0;
  startUs = 0;
  /** ICMP type and code of the first packet and of the reply (-1 until seen). */
  icmpType = -1;
  icmpCode = -1;
  responseIcmpType = -1;
  responseIcmpCode = -1;
  espSpi = -1;
  vlanCount = 0;
  /** At least `vlanCount` of them. */
  vlanIds = NO_VLANS;
  /** Tunnel depth of its packets where that is part of the key. */
  depth = 0;
  interfaceIndex = 0;

  /** A value of FlowEndReason. */
  endReason = 0;
  /** Name code of the exception policy applied to the flow; 0 for none. */
  exceptionPolicy = 0;
  exceptionTarget = 0;
  alerted = false;
  emergency = false;
  noInspection = false;
  /** The flow table was in emergency mode, a rule or a limit made the flow local-bypassed. */
  bypassedPackets = 0;
  bypassedBytes = 0;
  bypassedPacketsToServer = 0;
  bypassedBytesToServer = 0;
  elephant = false;

  /** Null where nobody writes them. */
  hardware: HardwareAddresses | null = null;

  constructor(index: number, source = new Int32Array(4), destination = new Int32Array(4)) {
    this.index = index;
    this.sourceWords = source;
    this.destinationWords = destination;
  }

  /** Clears everything but `index`. */
  reset(): void {
    this.id = this.parentId = this.serial = this.ipVersion = this.protocol = 0;
    this.sourceWords.fill(0);
    this.destinationWords.fill(0);
    this.sourcePort = this.destinationPort = 0;
    this.icmpType =
      this.icmpCode =
      this.responseIcmpType =
      this.responseIcmpCode =
      this.espSpi =
        -1;
    this.vlanCount = this.depth = this.interfaceIndex = 0;
    this.vlanIds = NO_VLANS;
    this.startUs = this.lastUs = 0;
    this.packetsToServer = this.packetsToClient = this.bytesToServer = this.bytesToClient = 0;
    this.ttlMinToServer = this.ttlMaxToServer = this.ttlMinToClient = this.ttlMaxToClient = 0;
    this.state = this.endReason = this.action = this.exceptionPolicy = this.exceptionTarget = 0;
    this.alerted = this.emergency = this.noInspection = this.noPayloadInspection = false;
    this.bypassWanted = false;
    this.bypassedPackets = this.bypassedBytes = 0;
    this.bypassedPacketsToServer = this.bypassedBytesToServer = 0;
    this.elephant = false;
    this.hardware = null;
    this.nextLookSeconds = this.nextLookBytes = 0;
    this.tcp = null;
    this.application = null;
    this.detection = null;
  }
}
