/**
 * What rules remember beyond one packet: bits, integers and variables of flows, bits of hosts and pairs of
 * hosts, variables of the packet under inspection. One per engine; bounded, with counters; the clock is packet
 * time.
 *
 * @hotpath
 */
import type { Flow } from "../flow/flow.ts";
import { AddressBits } from "./address-bits.ts";
import { AddressTable } from "./address-table.ts";
import type { AnomalyDetails, FlowEndObserver, PacketObserver } from "./anomaly-details.ts";
import { DatasetStore } from "./datasets.ts";
import { FlowDetectionState } from "./flow-detection-state.ts";
import { ReputationStore } from "./reputation.ts";
import type { SharedState } from "./shared-state.ts";

export interface DetectionLimits {
  /** Bits of hosts that live at once. */
  readonly hostBitsMax: number;
  /** Bits of hosts and pairs that `xbits` keeps at once. */
  readonly xBitsMax: number;
  /** Captured variables of one flow, of one packet. */
  readonly flowVariablesMax: number;
  readonly packetVariablesMax: number;
  /** Bytes kept of one captured variable. */
  readonly variableBytesMax: number;
}

export const defaultDetectionLimits: DetectionLimits = {
  hostBitsMax: 262_144,
  xBitsMax: 262_144,
  flowVariablesMax: 64,
  packetVariablesMax: 64,
  variableBytesMax: 4096,
};

/** A variable of the packet under inspection. */
export interface PacketVariable {
  readonly name: number;
  readonly value: Uint8Array;
}

/** A capture that goes with an alert, under `alert.context`. */
export interface AlertVariable {
  readonly label: string;
  readonly value: Uint8Array;
  /** Written in place of the value: JSON already. */
  readonly json?: string;
}

/** State of one keyword; its counters carry names of their own. */
export interface DetectionPart {
  counters(): Iterable<readonly [string, number]>;
  /** Forgets all traffic: another capture begins. */
  clear?(): void;
}

export class DetectionState {
  readonly limits: DetectionLimits;
  readonly shared: SharedState | null;
  readonly hostBits: AddressBits;
  readonly xBits: AddressBits;
  readonly datasets: DatasetStore;
  /** Filled by the host before rules are compiled; empty when no reputation files are configured. */
  reputation = new ReputationStore();
  /** Captures of the packet under inspection, in the order of capture; emptied before each packet. */
  readonly packetVariables: PacketVariable[] = [];
  /** Captures for the alert of the rule that matches now. */
  readonly alertVariables: AlertVariable[] = [];
  /** The rule that matches now does not, after all: its time is over, or another thread's engine told of it. */
  isRefused = false;
  /** What a keyword measured, for the alert of the rule that matches now; null without. */
  alertAnomaly: AnomalyDetails | null = null;
  readonly flowEndObservers: FlowEndObserver[] = [];
  /** Set by the first rule that needs it; null: nothing is measured. */
  packetObserver: PacketObserver | null = null;
  /** Captures that a limit kept out. */
  variablesRefused = 0;
  private readonly parts = new Map<string, DetectionPart>();

  /** @param shared what the engines of several threads remember together; null: there is one engine. */
  constructor(
    limits: DetectionLimits = defaultDetectionLimits,
    seed = 0,
    shared: SharedState | null = null,
  ) {
    this.limits = limits;
    this.shared = shared;
    this.datasets = new DatasetStore(shared);
    const { hostBitsMax, xBitsMax } = limits;
    this.hostBits = new AddressBits(shared?.hostBits ?? new AddressTable(hostBitsMax, seed));
    this.xBits = new AddressBits(shared?.xBits ?? new AddressTable(xBitsMax, seed ^ 0x5bd1e995));
  }

  /**
   * What a keyword remembers in this engine: made when the first rule with this key is compiled, shared by all
   * that have it. The caller asks for one type under one key.
   */
  part<Part extends DetectionPart>(key: string, make: () => Part): Part {
    const known = this.parts.get(key);
    if (known !== undefined) return known as Part;
    const made = make();
    this.parts.set(key, made);
    return made;
  }

  /** The flow is over: tells those who asked. */
  endFlow(flow: Flow, nowUs: number): void {
    const { flowEndObservers } = this;
    for (let i = 0; i < flowEndObservers.length; i++) flowEndObservers[i]!.onFlowEnd(flow, nowUs);
  }

  /** Forgets what keywords and bits remember of traffic. */
  clear(): void {
    this.hostBits.clear();
    this.xBits.clear();
    for (const part of this.parts.values()) part.clear?.();
  }

  /** The flow's state, made when it is not there. */
  ofFlow(flow: Flow): FlowDetectionState {
    const known = flow.detection;
    // Only this class fills the slot.
    if (known !== null) return known as FlowDetectionState;
    const made = new FlowDetectionState(this.limits);
    flow.detection = made;
    return made;
  }

  /** Keeps [start, end) as a variable of the flow. */
  setFlowVariable(flow: Flow, name: number, bytes: Uint8Array, start: number, end: number): void {
    if (!this.ofFlow(flow).setVariable(name, bytes, start, end)) this.variablesRefused++;
  }

  /** Keeps [start, end) as a variable of the packet under inspection; a name may come several times. */
  addPacketVariable(name: number, bytes: Uint8Array, start: number, end: number): void {
    if (this.packetVariables.length >= this.limits.packetVariablesMax) {
      this.variablesRefused++;
      return;
    }
    const last = Math.min(end, start + this.limits.variableBytesMax);
    this.packetVariables.push({ name, value: bytes.slice(start, last) });
  }

  /** The last value captured under `name` in this packet, or null. */
  packetVariable(name: number): Uint8Array | null {
    for (let i = this.packetVariables.length - 1; i >= 0; i--) {
      const variable = this.packetVariables[i]!;
      if (variable.name === name) return variable.value;
    }
    return null;
  }

  /** Called before each packet. */
  startPacket(): void {
    if (this.packetVariables.length > 0) this.packetVariables.length = 0;
  }

  /** Called before a rule that matched does what it does then. */
  startMatch(): void {
    if (this.alertVariables.length > 0) this.alertVariables.length = 0;
    this.alertAnomaly = null;
    this.isRefused = false;
  }

  *counters(): IterableIterator<readonly [string, number]> {
    yield ["detect.host_bits", this.hostBits.count];
    yield ["detect.host_bits_refused", this.hostBits.refused];
    yield ["detect.xbits", this.xBits.count];
    yield ["detect.xbits_refused", this.xBits.refused];
    yield ["detect.variables_refused", this.variablesRefused];
    yield* this.datasets.counters();
    if (this.shared !== null) yield* this.shared.counters();
    for (const part of this.parts.values()) yield* part.counters();
  }
}
