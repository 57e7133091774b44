/**
 * All flows that are alive: found by a keyed hash over a symmetric key, kept in pooled objects beside typed
 * arrays of keys, ended by packet time. Memory is bounded: near the limit the table goes into emergency mode
 * with short timeouts; at the limit a packet gets no flow and `flow.memcap` counts it.
 *
 * @hotpath
 */

import type { RecordsAhead } from "../bytes/records-ahead.ts";
import type { Packet } from "../layers/packet.ts";
import { type Flow, FlowEndReason, FlowState } from "./flow.ts";
import { isIcmpv4Error, spread48 } from "./flow-birth.ts";
import { growFlows } from "./flow-chunk.ts";
import { countToClient, countToServer, isIcmpFromClient } from "./flow-counting.ts";
import { flowDeadlineUs, isBusy } from "./flow-deadline.ts";
import { FlowForesight } from "./flow-foresight.ts";
import { FlowKey } from "./flow-key.ts";
import type { FlowOptions } from "./flow-options.ts";
import { FlowSlots } from "./flow-slots.ts";

/** Memory counted for one flow, its slot and key included. */
export const FLOW_COST_BYTES = 512;

const CHUNK_FLOWS = 1024;
/** Seconds of timers that one wheel turn covers. */
const WHEEL_SECONDS = 1024;
/** Buckets looked at for a flow to give up when memory is full. */
const GET_USED_TRIES = 5;
const NONE = -1;
const SYN = 0x02;
const ACK = 0x10;

export class FlowTable {
  memcapHit = false;
  private readonly options: FlowOptions;
  private readonly onFlowEnd: (flow: Flow) => void;
  private readonly bytes: Uint8Array;
  private readonly key: FlowKey;
  private readonly foresight: FlowForesight;
  private readonly quotedSource = new Int32Array(4);
  private readonly quotedDestination = new Int32Array(4);
  private limitCount = 1;
  private buckets = new Int32Array(65_536).fill(NONE);
  private readonly slots = new FlowSlots();
  private readonly flows: Flow[] = [];
  private readonly wheel: number[][] = Array.from({ length: WHEEL_SECONDS }, () => []);
  private nowSeconds = -1;
  private count = 0;
  private created = 0;
  private emergency = false;
  /** Bucket where the next search for a flow to give up begins. */
  private victimBucket = 0;
  private readonly totals = {
    tcp: 0,
    udp: 0,
    icmpv4: 0,
    icmpv6: 0,
    tcpReuse: 0,
    memcap: 0,
    entered: 0,
    over: 0,
    getUsed: 0,
  };

  constructor(options: FlowOptions, onFlowEnd: (flow: Flow) => void, bytes: Uint8Array) {
    this.options = options;
    this.onFlowEnd = onFlowEnd;
    this.bytes = bytes;
    this.key = new FlowKey(options);
    this.foresight = new FlowForesight(bytes, this.key);
    this.setMemoryLimit(options.memoryLimitBytes);
  }

  /** In bytes; flows that are there stay. */
  setMemoryLimit(limitBytes: number): void {
    this.limitCount = Math.max(1, Math.floor(limitBytes / FLOW_COST_BYTES));
  }

  get activeCount(): number {
    return this.count;
  }

  /** The packet's flow, found or made; null when it wants none or memory is full. Fills the packet's flow fields. */
  lookup(packet: Packet): Flow | null {
    this.memcapHit = false;
    if (!packet.wantsFlow) return null;
    const quoted = packet.embeddedIpStart >= 0 ? this.findQuoted(packet) : null;
    if (quoted !== null) return this.attach(packet, quoted, true);
    this.key.fromPacket(packet);
    let flow = this.find();
    if (flow !== null && this.isOver(flow, packet)) {
      this.remove(flow);
      flow = null;
    }
    if (flow === null && isIcmpv4Error(packet)) return null;
    flow ??= this.create(packet);
    if (flow === null) {
      this.memcapHit = true;
      this.totals.memcap++;
      return null;
    }
    return this.attach(packet, flow, false);
  }

  /** Gets ready for packets that come next: nothing but their speed depends on it. */
  foresee(ahead: RecordsAhead): void {
    this.foresight.look(ahead, this.buckets, this.slots, this.flows);
  }

  /** Ends flows whose time is over; cheap unless packet time moved on by a second. */
  expire(nowUs: number): void {
    const now = Math.floor(nowUs / 1_000_000);
    if (now <= this.nowSeconds) return;
    const from = this.nowSeconds < 0 ? now : Math.max(this.nowSeconds + 1, now - WHEEL_SECONDS + 1);
    this.nowSeconds = now;
    for (let second = from; second <= now; second++) this.turn(second % WHEEL_SECONDS, nowUs);
    if (this.emergency) this.leaveEmergency();
  }

  /** The flows that live, in no order. */
  *living(): IterableIterator<Flow> {
    for (const flow of this.flows) if (this.slots.isAlive(flow.index)) yield flow;
  }

  /** Ends every flow, the oldest first. @param reason a value of FlowEndReason. */
  endAll(reason: number): void {
    const living = this.flows.filter(({ index }) => this.slots.isAlive(index));
    living.sort((a, b) => a.serial - b.serial);
    for (const flow of living) {
      flow.endReason = reason;
      this.remove(flow);
    }
  }

  /** The client turned out to be the server: a midstream pickup. */
  swapDirection(flow: Flow): void {
    this.slots.swapEnds(flow.index);
    [flow.sourceWords, flow.destinationWords] = [flow.destinationWords, flow.sourceWords];
    [flow.sourcePort, flow.destinationPort] = [flow.destinationPort, flow.sourcePort];
    [flow.packetsToServer, flow.packetsToClient] = [flow.packetsToClient, flow.packetsToServer];
    [flow.bytesToServer, flow.bytesToClient] = [flow.bytesToClient, flow.bytesToServer];
    flow.bypassedPacketsToServer = flow.bypassedPackets - flow.bypassedPacketsToServer;
    flow.bypassedBytesToServer = flow.bypassedBytes - flow.bypassedBytesToServer;
    [flow.ttlMinToServer, flow.ttlMinToClient] = [flow.ttlMinToClient, flow.ttlMinToServer];
    [flow.ttlMaxToServer, flow.ttlMaxToClient] = [flow.ttlMaxToClient, flow.ttlMaxToServer];
    flow.hardware?.swap();
  }

  entries(): [string, number][] {
    const { totals } = this;
    return [
      ["flow.total", this.created],
      ["flow.active", this.count],
      ["flow.tcp", totals.tcp],
      ["flow.udp", totals.udp],
      ["flow.icmpv4", totals.icmpv4],
      ["flow.icmpv6", totals.icmpv6],
      ["flow.tcp_reuse", totals.tcpReuse],
      ["flow.emerg_mode_entered", totals.entered],
      ["flow.emerg_mode_over", totals.over],
      ["flow.memcap", totals.memcap],
      ["flow.memuse", this.count * FLOW_COST_BYTES],
      ["flow.get_used", totals.getUsed],
    ];
  }

  private findQuoted(packet: Packet): Flow | null {
    this.key.fromQuoted(packet, this.bytes, this.quotedSource, this.quotedDestination);
    return this.find();
  }

  private find(): Flow | null {
    const { key, slots } = this;
    const first = this.buckets[key.hash & (this.buckets.length - 1)]!;
    const index = slots.find(first, key.hash, key.words);
    return index === NONE ? null : this.flows[index]!;
  }

  /** The flow's time is over, or a new connection takes its place; sets the reason. */
  private isOver(flow: Flow, packet: Packet): boolean {
    if (this.isPast(flow, packet.timeUs)) {
      flow.endReason = FlowEndReason.timeout;
      return true;
    }
    if (packet.transport !== 6 || (packet.tcpFlags & (SYN | ACK)) !== SYN) return false;
    if (flow.state !== FlowState.closed) return false;
    this.totals.tcpReuse++;
    flow.endReason = FlowEndReason.tcpReuse;
    return true;
  }

  /**
   * As Suricata looks at it: a packet at the very microsecond of the timeout is late; without a timeout (closed
   * connections by default) all packets of the same second are in time.
   */
  private isPast(flow: Flow, timeUs: number): boolean {
    const deadlineUs = this.deadlineUs(flow);
    if (deadlineUs > flow.lastUs) return timeUs >= deadlineUs;
    return Math.floor(timeUs / 1_000_000) > Math.floor(deadlineUs / 1_000_000);
  }

  private create(packet: Packet): Flow | null {
    if (this.count >= this.limitCount) {
      this.enterEmergency(packet.timeUs);
      if (this.count >= this.limitCount && !this.giveUpOne(packet.timeUs)) return null;
    }
    if (this.slots.isFull) this.grow();
    const { hash, words, inOrder } = this.key;
    const bucket = hash & (this.buckets.length - 1);
    const index = this.slots.take(words, hash, this.buckets[bucket]!, inOrder);
    this.buckets[bucket] = index;
    const flow = this.flows[index]!;
    flow.reset();
    this.created++;
    this.count++;
    flow.serial = this.created;
    flow.id = spread48(this.created);
    this.fill(flow, packet);
    this.schedule(flow);
    return flow;
  }

  private fill(flow: Flow, packet: Packet): void {
    flow.ipVersion = packet.ipVersion;
    flow.protocol = packet.transport === 0 ? packet.protocol : packet.transport;
    flow.sourceWords.set(packet.sourceWords);
    flow.destinationWords.set(packet.destinationWords);
    flow.sourcePort = packet.sourcePort;
    flow.destinationPort = packet.destinationPort;
    flow.icmpType = packet.icmpType;
    flow.icmpCode = packet.icmpCode;
    flow.espSpi = packet.espSpi;
    flow.vlanCount = packet.vlanCount;
    if (packet.vlanCount > 0) flow.vlanIds = Uint16Array.from(packet.vlanIds);
    flow.depth = packet.depth;
    flow.interfaceIndex = packet.interfaceIndex;
    flow.startUs = flow.lastUs = packet.timeUs;
    flow.emergency = this.emergency;
    const { totals } = this;
    if (flow.protocol === 6) totals.tcp++;
    else if (flow.protocol === 17) totals.udp++;
    else if (flow.protocol === 1) totals.icmpv4++;
    else if (flow.protocol === 58) totals.icmpv6++;
  }

  private attach(packet: Packet, flow: Flow, quoted: boolean): Flow {
    packet.flow = flow;
    const fromClient = quoted ? this.quotedFromClient(flow) : this.isFromClient(packet, flow);
    packet.direction = fromClient ? 0 : 1;
    if (packet.timeUs > flow.lastUs) flow.lastUs = packet.timeUs;
    const length =
      packet.depth === 0 && packet.parent === null ? packet.wireLength : packet.end - packet.start;
    if (fromClient) countToServer(packet, flow, length);
    else countToClient(packet, flow, length);
    if (flow.protocol !== 6 && flow.packetsToClient > 0 && flow.packetsToServer > 0) {
      if (flow.state === FlowState.new) flow.state = FlowState.established;
      packet.established = true;
    }
    return flow;
  }

  /** By the order of the ends in the key: the addresses need not be looked at. */
  private isFromClient(packet: Packet, flow: Flow): boolean {
    if (packet.transport === 1 || packet.transport === 58) return isIcmpFromClient(packet, flow);
    return this.slots.hasClientFirst(flow.index) === this.key.inOrder;
  }

  /** The error answers the quoted packet: it flows against it. */
  private quotedFromClient(flow: Flow): boolean {
    const { quotedSource } = this;
    for (let i = 0; i < 4; i++) if (quotedSource[i] !== flow.sourceWords[i]) return true;
    return false;
  }

  private deadlineUs(flow: Flow): number {
    return flowDeadlineUs(flow, this.options, this.emergency);
  }

  /** Puts the flow where the wheel looks when it may be over. */
  private schedule(flow: Flow): void {
    const due = Math.floor(this.deadlineUs(flow) / 1_000_000) + 1;
    if (this.nowSeconds < 0) this.nowSeconds = Math.floor(flow.lastUs / 1_000_000);
    const soonest = this.nowSeconds + 1;
    const second = Math.min(Math.max(due, soonest), soonest + WHEEL_SECONDS - 2);
    this.wheel[second % WHEEL_SECONDS]!.push(flow.index, flow.serial);
  }

  private turn(slot: number, nowUs: number): void {
    const due = this.wheel[slot]!;
    if (due.length === 0) return;
    this.wheel[slot] = [];
    for (let i = 0; i < due.length; i += 2) {
      const flow = this.flows[due[i]!]!;
      if (!this.slots.isAlive(flow.index) || flow.serial !== due[i + 1]) continue;
      if (nowUs > this.deadlineUs(flow)) {
        flow.endReason = FlowEndReason.timeout;
        this.remove(flow);
      } else this.schedule(flow);
    }
  }

  private remove(flow: Flow): void {
    this.onFlowEnd(flow);
    flow.detection?.release();
    flow.application?.release();
    flow.detection = flow.application = flow.tcp = null;
    const { slots } = this;
    const bucket = slots.hashOf(flow.index) & (this.buckets.length - 1);
    this.buckets[bucket] = slots.unlink(this.buckets[bucket]!, flow.index);
    slots.give(flow.index);
    this.count--;
  }

  /** Ends one idle flow of the next few used buckets to make room; false when all of them are busy. */
  private giveUpOne(nowUs: number): boolean {
    const mask = this.buckets.length - 1;
    let tries = 0;
    for (let step = 0; step <= mask && tries < GET_USED_TRIES; step++) {
      const index = this.buckets[this.victimBucket]!;
      this.victimBucket = (this.victimBucket + 1) & mask;
      if (index === NONE) continue;
      tries++;
      const flow = this.flows[index]!;
      if (isBusy(flow, nowUs)) continue;
      flow.endReason = FlowEndReason.forced;
      this.totals.getUsed++;
      this.remove(flow);
      return true;
    }
    return false;
  }

  /** Short timeouts from now on: flows over them end at once, the others move to their new second. */
  private enterEmergency(nowUs: number): void {
    if (this.emergency) return;
    this.emergency = true;
    this.totals.entered++;
    for (const slot of this.wheel) slot.length = 0;
    for (const flow of this.flows) {
      if (!this.slots.isAlive(flow.index)) continue;
      if (nowUs > this.deadlineUs(flow)) {
        flow.endReason = FlowEndReason.forced;
        this.remove(flow);
      } else this.schedule(flow);
    }
  }

  private leaveEmergency(): void {
    const free = this.limitCount - this.count;
    if (free * 100 < this.limitCount * this.options.emergencyRecoveryPercent) return;
    this.emergency = false;
    this.totals.over++;
  }

  private grow(): void {
    const before = this.flows.length;
    const after = before + Math.max(CHUNK_FLOWS, before >> 2);
    this.slots.grow(after);
    growFlows(this.flows, after);
    if (after > this.buckets.length) this.rehash(this.buckets.length * 4);
  }

  private rehash(size: number): void {
    this.buckets = new Int32Array(size).fill(NONE);
    const { slots, buckets } = this;
    for (const { index } of this.flows) {
      if (!slots.isAlive(index)) continue;
      const bucket = slots.hashOf(index) & (size - 1);
      slots.setNext(index, buckets[bucket]!);
      buckets[bucket] = index;
    }
  }
}
