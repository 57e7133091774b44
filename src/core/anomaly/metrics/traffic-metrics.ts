/**
 * The metrics of one engine: hears of packets before rules run and of ends of flows, settles what was exchanged with
 * the keys that some rule measures, and shows rules the signals. Made with the first rule that needs it; without
 * limits it only learns.
 *
 * @hotpath
 */
import { type LargePages, plainPages } from "../../bytes/large-pages.ts";
import { type Flow, FlowState } from "../../flow/flow.ts";
import { Direction, type Packet, PacketSource } from "../../layers/packet.ts";
import type { AddressSet } from "../../rule/address-set.ts";
import type { Site } from "../site.ts";
import { ApplicationFacts, stateOf } from "./application-facts.ts";
import { SketchPool } from "./distinct-sketches.ts";
import { Exchange, ExchangeKey } from "./exchange.ts";
import { reachRows, setHostKey, setPairKey, setServiceKey } from "./exchange-keys.ts";
import { FirstSeen, type FirstSeenLimit, holdsAddress } from "./first-seen.ts";
import { wasRefused, wasUnanswered } from "./flow-outcome.ts";
import { FlowProgress } from "./flow-progress.ts";
import { KeyRows } from "./key-rows.ts";
import { type Condition, type Limit, Meter, type MeterSpec } from "./meter.ts";
import { MeterTable } from "./meter-table.ts";
import { type KeyKind, keyKinds, keyWords, Metric, metricIndex } from "./metric.ts";
import { KEY_IDLE_US, type MetricLimits } from "./metric-limits.ts";
import { PeerIntake } from "./peer-intake.ts";
import type { PeerMetrics } from "./peer-metrics.ts";
import { SeasonCalendar } from "./season-calendar.ts";
import { SeenTable } from "./seen-table.ts";
import { Role, Signals } from "./signals.ts";
import { sizeCounters } from "./size-counters.ts";

/** The server's first packet is among so many that the flow has counted. */
const ANSWER_PACKETS = 2;

export interface MetricsOptions {
  readonly limits: MetricLimits;
  /** Key of the tables that traffic fills. */
  readonly seed: number;
  /** Hosts that baselines and first sights are kept of. */
  readonly home: AddressSet;
  readonly site: Site;
  /** The metrics of other threads; null: there are none. */
  readonly peers?: PeerMetrics | null;
  /** Under the tables; given by the host. */
  readonly largePages?: LargePages;
}

export class TrafficMetrics {
  readonly options: MetricsOptions;
  readonly signals = new Signals();
  readonly firstSeen: FirstSeen;
  /** By kind of key; null where nothing is measured. */
  readonly tables: Readonly<Record<KeyKind, MeterTable | null>>;
  /** Packet time of the begin and the end of the observation, microseconds; NaN before. */
  startUs = Number.NaN;
  latestUs = Number.NaN;
  /** Times that counts of flows were settled. */
  settlements = 0;
  readonly pool: SketchPool;
  /** Takes in what other threads settled. */
  readonly intake: PeerIntake | null;
  private readonly meters: Meter[] = [];
  private readonly progress = new FlowProgress();
  private readonly exchange = new Exchange();
  private readonly facts = new ApplicationFacts();
  private isOpen = false;
  /** The rule set whose limits are asked. */
  private inUse: object | null = null;
  /** Of no use but to keep reads; see KeyRows.reach. */
  reached = 0;
  private readsFacts = false;
  /** The flow whose end raised what the next made packet is shown. */
  private endedFlow: Flow | null = null;
  private readonly largePages: LargePages;
  private readonly mutableTables: Record<KeyKind, MeterTable | null>;

  constructor(options: MetricsOptions) {
    this.options = options;
    const { limits, seed, home, site } = options;
    this.pool = new SketchPool(limits.sketchesMax);
    const seen = new SeenTable(limits.seenMax, seed);
    this.firstSeen = new FirstSeen(seen, this.signals, home, site);
    this.largePages = options.largePages ?? plainPages;
    for (const { buffer } of [this.pool.registers, seen.entries]) {
      this.largePages(new Uint8Array(buffer));
    }
    this.mutableTables = { host: null, pair: null, service: null, network: null };
    this.tables = this.mutableTables;
    this.intake = options.peers ? new PeerIntake(this, options.peers) : null;
  }

  /** The meter for what a rule or a command measures; equal ones are one. */
  meter(spec: MeterSpec): Meter {
    const { zone } = this.options.site;
    const { kind, metric, windowSeconds, season } = spec;
    const known = this.meters.find(
      (one) =>
        one.spec.kind === kind &&
        one.spec.metric === metric &&
        one.spec.windowSeconds === windowSeconds &&
        one.spec.season === season,
    );
    if (known !== undefined) return known;
    const calendar = new SeasonCalendar(zone, windowSeconds, season ?? "none");
    const made = new Meter(spec, metricIndex(metric), calendar);
    if (this.isOpen) made.firstWindow = calendar.firstObserved(this.latestUs / 1e6);
    this.meters.push(made);
    return made;
  }

  /** A rule's limit on a meter. `user`: the rule set that is loaded, the first one is in use at once. */
  limit(spec: MeterSpec, condition: Condition, user: object = this): Limit {
    this.inUse ??= user;
    const meter = this.meter(spec);
    const limit = meter.limitFor(condition, user, user === this.inUse);
    // Rules that are loaded while traffic goes on.
    if (this.isOpen) this.prepare();
    const table = this.tables[spec.kind];
    if (limit.told.length === 0 && table?.meters.includes(meter) === true) table.openLimit(limit);
    return limit;
  }

  addFirstSeen(limit: FirstSeenLimit, user: object = this): void {
    this.inUse ??= user;
    this.firstSeen.add(limit, user, user === this.inUse);
  }

  /** The rules of `user` take the place of those before. */
  useRules(user: object): void {
    if (user === this.inUse) return;
    this.inUse = user;
    for (const meter of this.meters) meter.useLimits(user);
    this.firstSeen.use(user);
  }

  get allMeters(): readonly Meter[] {
    return this.meters;
  }

  /** There is something to tell with this packet. */
  get hasSignals(): boolean {
    return this.signals.count > 0;
  }

  /** Called with each packet before rules are. */
  onPacket(packet: Packet): void {
    const { flow, timeUs } = packet;
    this.intake?.receive();
    if (flow !== null && flow === this.endedFlow) {
      this.endedFlow = null;
      return;
    }
    this.signals.startPacket(flow, packet.direction, timeUs);
    if (flow === null || packet.source === PacketSource.flowTimeout || !this.isBusy) return;
    if (!this.isOpen) this.open(timeUs);
    else if (timeUs > this.latestUs) this.latestUs = timeUs;
    const isDue =
      timeUs >= flow.nextLookSeconds * 1e6 ||
      flow.bytesToServer + flow.bytesToClient >= flow.nextLookBytes;
    if (
      isDue ||
      flow.state === FlowState.closed ||
      (this.readsFacts && flow.application !== null)
    ) {
      this.look(flow, timeUs, isDue);
    }
    if (packet.direction === Direction.toServer || flow.packetsToClient > ANSWER_PACKETS) return;
    if (!this.progress.isAnswered(flow)) this.noteAnswer(packet, flow);
  }

  /** A packet of the flow may have something to settle. */
  private look(flow: Flow, timeUs: number, isDue: boolean): void {
    const { progress } = this;
    const isFirst = progress.open(flow);
    if (isFirst && !this.firstSeen.isEmpty) this.firstSeen.reachContact(flow);
    if (this.readsFacts && flow.application !== null && this.readFacts(flow)) {
      this.settleFlow(flow, timeUs, isFirst, false);
      if (!this.firstSeen.isEmpty) this.firstSeen.noteNames(flow, this.facts, timeUs);
      this.facts.clear();
    } else if (isDue || (flow.state === FlowState.closed && progress.close(flow))) {
      this.settleFlow(flow, timeUs, isFirst, false);
    }
    if (isFirst && !this.firstSeen.isEmpty) this.firstSeen.noteContact(flow, timeUs);
  }

  /** Called when a flow ends; true when rules should be asked once more, with a packet made for it. */
  onFlowEnd(flow: Flow): boolean {
    const { progress, signals } = this;
    if (!this.isOpen || !progress.isOpen(flow)) return false;
    signals.startPacket(flow, Direction.toServer, flow.lastUs);
    const isUnanswered = wasUnanswered(flow);
    if (isUnanswered || progress.isPending(flow))
      this.settleFlow(flow, flow.lastUs, false, isUnanswered);
    progress.forget(flow);
    if (signals.count === 0) return false;
    this.endedFlow = flow;
    return true;
  }

  /** Settles an exchange that was told by other means than packets, as a flow record. */
  settle(exchange: Exchange): void {
    if (!this.isOpen) this.open(exchange.timeUs);
    if (exchange.timeUs > this.latestUs) this.latestUs = exchange.timeUs;
    this.settlements++;
    this.place(exchange);
    const { host, pair, service, network } = this.tables;
    this.reached = reachRows(this.tables, exchange);
    if (host !== null) this.settleHosts(host, exchange);
    if (pair !== null) settlePair(pair, exchange);
    if (service !== null) settleService(service, exchange);
    if (network !== null) this.settleNetworks(network, exchange);
  }

  /** Ends the observation: what is over, or nearly so, is learned. */
  finish(): void {
    if (!this.isOpen) return;
    for (const kind of keyKinds) this.tables[kind]?.finish(this.latestUs / 1e6);
  }

  /** Forgets all traffic, and keeps what is measured. */
  clear(): void {
    for (const kind of keyKinds) this.tables[kind]?.clear();
    this.firstSeen.table.clear();
    this.progress.clear();
    this.signals.startPacket(null, 0, 0);
    this.endedFlow = null;
    this.startUs = this.latestUs = Number.NaN;
    this.isOpen = false;
  }

  *counters(): IterableIterator<readonly [string, number]> {
    const { signals } = this;
    if (this.intake?.peers.isSpeaker !== false) yield* sizeCounters(this);
    yield ["anomaly.settlements", this.settlements];
    yield ["anomaly.signals", signals.raised];
    yield ["anomaly.signals_taken", signals.taken];
    yield ["anomaly.signals_refused", signals.refused];
  }

  /** Makes the tables: all meters are known, and the observation begins. */
  open(timeUs: number): void {
    this.isOpen = true;
    this.startUs = this.latestUs = timeUs;
    this.prepare();
    for (const meter of this.meters) meter.firstWindow = meter.calendar.firstObserved(timeUs / 1e6);
  }

  /** Makes the tables, to load a model into them or for the first packet, and adds meters that came since. */
  prepare(): void {
    const { limits } = this.options;
    const learning = this.meters.filter(({ spec }) => spec.season !== null).length;
    const limitOf = {
      host: limits.hostsMax,
      pair: limits.pairsMax,
      service: limits.servicesMax,
      network: limits.networksMax,
    };
    for (const meter of this.meters) {
      const { kind } = meter.spec;
      this.mutableTables[kind] ??= this.createTable(kind, limitOf[kind]);
      const table = this.mutableTables[kind];
      if (table.meters.includes(meter)) continue;
      table.open(meter, limits.seriesBytesMax / Math.max(1, learning));
      const { metric } = meter;
      this.readsFacts ||= metric >= Metric.dnsQueries && metric <= Metric.tlsNoSni;
    }
    this.readsFacts ||= this.firstSeen.keeps("sni") || this.firstSeen.keeps("user_agent");
  }

  private createTable(kind: KeyKind, limitCount: number): MeterTable {
    const { pool, signals, largePages } = this;
    const words = keyWords[kind];
    const seed = this.options.seed + words;
    const rows = new KeyRows(limitCount, words, seed, KEY_IDLE_US / 1e6, largePages);
    return new MeterTable(kind, rows, seed, pool, signals);
  }

  private get isBusy(): boolean {
    return this.meters.length > 0 || !this.firstSeen.isEmpty;
  }

  private readFacts(flow: Flow): boolean {
    const state = stateOf(flow);
    const { progress, facts } = this;
    if (state === null || !progress.noteChanges(flow, state.changeCount)) return false;
    const first = progress.transactions(flow);
    if (state.transactionsCreated === first) return false;
    progress.setTransactions(flow, facts.read(state, first));
    return !facts.isEmpty;
  }

  private settleFlow(flow: Flow, timeUs: number, isFirst: boolean, isFailed: boolean): void {
    const { exchange, progress, facts } = this;
    exchange.timeUs = timeUs;
    exchange.setSides(
      flow.ipVersion,
      flow.sourceWords,
      flow.destinationWords,
      flow.destinationPort,
      flow.protocol,
    );
    exchange.setTraffic(
      flow.bytesToServer - progress.settled(flow, 0),
      flow.bytesToClient - progress.settled(flow, 1),
      flow.packetsToServer - progress.settled(flow, 2),
      flow.packetsToClient - progress.settled(flow, 3),
    );
    exchange.isFirst = false;
    if (isFirst) exchange.setFirst(this.options.seed);
    const { clientAmounts } = exchange;
    if (isFailed) clientAmounts[Metric.failed] = 1;
    clientAmounts[Metric.dnsQueries] = facts.dnsQueries;
    clientAmounts[Metric.nxdomain] = facts.nxdomain;
    clientAmounts[Metric.tlsNoSni] = facts.tlsWithoutName;
    progress.settle(flow, timeUs);
    const { slots } = exchange;
    for (let i = 0; i < slots.length; i++) slots[i] = progress.keyRow(flow, i);
    this.settle(exchange);
    this.intake?.peers.sendExchange(exchange);
    for (let i = 0; i < slots.length; i++) {
      progress.setKeyRow(flow, i, slots[i]!);
      slots[i] = -1;
    }
  }

  private place(exchange: Exchange): void {
    const { home, site } = this.options;
    const { ipVersion, client, server } = exchange;
    exchange.isClientHome = holdsAddress(home, ipVersion, client);
    exchange.isServerHome = holdsAddress(home, ipVersion, server);
    exchange.splitByHome();
    if (this.tables.network === null) return;
    exchange.clientNetwork = site.networkOf(ipVersion, client);
    exchange.serverNetwork = site.networkOf(ipVersion, server);
  }

  private settleHosts(host: MeterTable, exchange: Exchange): void {
    const { slots, client, server, clientAmounts, serverAmounts } = exchange;
    const { isClientHome, isServerHome } = exchange;
    setHostKey(host, client, exchange.ipVersion);
    const clientSlot = slots[ExchangeKey.client]!;
    slots[ExchangeKey.client] = host.settle(
      exchange,
      clientAmounts,
      Role.client,
      isClientHome,
      clientSlot,
    );
    setHostKey(host, server, exchange.ipVersion);
    const serverSlot = slots[ExchangeKey.server]!;
    slots[ExchangeKey.server] = host.settle(
      exchange,
      serverAmounts,
      Role.server,
      isServerHome,
      serverSlot,
    );
  }

  private settleNetworks(network: MeterTable, exchange: Exchange): void {
    const { clientNetwork, serverNetwork } = exchange;
    if (clientNetwork === serverNetwork) return;
    if (clientNetwork >= 0) {
      network.table.key[0] = clientNetwork;
      network.settle(exchange, exchange.clientAmounts, Role.client, true, -1);
    }
    if (serverNetwork >= 0) {
      network.table.key[0] = serverNetwork;
      network.settle(exchange, exchange.serverAmounts, Role.server, true, -1);
    }
  }

  /** The server's first packet: it refuses, or offers a service. */
  private noteAnswer(packet: Packet, flow: Flow): void {
    this.progress.answer(flow);
    if (wasRefused(packet, flow)) this.settleFlow(flow, packet.timeUs, false, true);
    else if (!this.firstSeen.isEmpty) this.firstSeen.noteService(flow, packet.timeUs);
  }
}

function settlePair(pair: MeterTable, exchange: Exchange): void {
  const { slots, clientAmounts, isClientHome } = exchange;
  setPairKey(pair, exchange);
  const slot = slots[ExchangeKey.pair]!;
  slots[ExchangeKey.pair] = pair.settle(exchange, clientAmounts, Role.both, isClientHome, slot);
}

function settleService(service: MeterTable, exchange: Exchange): void {
  const { slots, serverAmounts, isServerHome } = exchange;
  setServiceKey(service, exchange);
  const slot = slots[ExchangeKey.service]!;
  const role = Role.server;
  slots[ExchangeKey.service] = service.settle(exchange, serverAmounts, role, isServerHome, slot);
}
