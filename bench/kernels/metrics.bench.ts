/**
 * What all metrics cost a packet, with a million hosts: every metric of hosts by the hour, those of pairs, services and
 * networks that bundled rules ask for, three baselines, first sights. 16,384 flows at a time, of 24 packets each on
 * average and of 500 bytes, each between a host in a million and a server in ten thousand; a flow in 16 sends 64 KiB
 * more at once. The flows of the next eight packets are touched early, as the
 * engine does, and tables lie in large pages where the addon is built (SHRIKE_NATIVE=off: without). `npm run bench` does not run it: `node scripts/run-typescript.mjs bench/kernels/metrics.bench.ts`.
 */
import { FirstSeenLimit } from "../../src/core/anomaly/metrics/first-seen.ts";
import { metrics as declarations } from "../../src/core/anomaly/metrics/metric.ts";
import { defaultMetricLimits } from "../../src/core/anomaly/metrics/metric-limits.ts";
import { TrafficMetrics } from "../../src/core/anomaly/metrics/traffic-metrics.ts";
import { Site } from "../../src/core/anomaly/site.ts";
import { RECORDS_AHEAD } from "../../src/core/bytes/records-ahead.ts";
import { Flow } from "../../src/core/flow/flow.ts";
import { touchFlow } from "../../src/core/flow/flow-foresight.ts";
import { Packet } from "../../src/core/layers/packet.ts";
import { AddressSet } from "../../src/core/rule/address-set.ts";
import { adviseLargePages } from "../../src/node/native/large-pages.ts";

const HOSTS = 1_000_000;
const SERVERS = 10_000;
const FLOWS = 16_384;
const PACKETS_PER_FLOW = 24;
const WARM_UP = 2_000_000;
const MEASURED = 500_000;
const ROUNDS = 16;
/** Packet time between two packets: 100,000 a second. */
const STEP_US = 10;

const home = new AddressSet(false, Uint32Array.of(0x0a000000, 0x0affffff), new Uint32Array());

function createMetrics(): TrafficMetrics {
  const made = new TrafficMetrics({
    limits: defaultMetricLimits,
    seed: 7,
    home,
    site: new Site(),
    largePages: adviseLargePages,
  });
  const plain = {
    minimum: Number.MAX_VALUE,
    factor: null,
    side: "above",
    learnSeconds: 0,
  } as const;
  for (const { name } of declarations) {
    made.limit({ kind: "host", metric: name, windowSeconds: 3600, season: null }, plain);
  }
  for (const metric of ["bytes_out", "upload_ratio", "ports"] as const) {
    made.limit({ kind: "pair", metric, windowSeconds: 86_400, season: null }, plain);
  }
  made.limit({ kind: "service", metric: "clients", windowSeconds: 3600, season: null }, plain);
  const learned = { minimum: 1e9, factor: 6, side: "above", learnSeconds: 604_800 } as const;
  for (const metric of ["upload", "flows_out", "dns_queries"] as const) {
    made.limit({ kind: "host", metric, windowSeconds: 3600, season: "hour_of_week" }, learned);
  }
  for (const kind of ["peer", "port", "service"] as const) {
    made.addFirstSeen(new FirstSeenLimit(kind, 10_080, Number.POSITIVE_INFINITY));
  }
  return made;
}

/** Mulberry32. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

class Load {
  private readonly flows = Array.from({ length: FLOWS }, (_, index) => new Flow(index));
  private readonly packet = new Packet();
  private readonly random = randomNumbers(1);
  private readonly ahead = new Int32Array(RECORDS_AHEAD);
  /** Kept, so that the reads are not taken for useless. */
  touched = 0;
  private nextHost = -1;
  private serial = 0;
  private timeUs = 1_767_225_600_000_000;

  /** Feeds packets; the cost of making them is that of `metrics` null. */
  run(count: number, metrics: TrafficMetrics | null): void {
    for (let i = 0; i < count; i += RECORDS_AHEAD) {
      for (let j = 0; j < RECORDS_AHEAD; j++) this.ahead[j] = this.random(FLOWS);
      for (let j = 0; j < RECORDS_AHEAD; j++)
        this.touched ^= touchFlow(this.flows[this.ahead[j]!]!);
      this.runAhead(metrics);
    }
  }

  private runAhead(metrics: TrafficMetrics | null): void {
    const { packet, random, flows } = this;
    for (let i = 0; i < RECORDS_AHEAD; i++) {
      const flow = flows[this.ahead[i]!]!;
      if (flow.serial === 0 || random(PACKETS_PER_FLOW) === 0) this.replace(flow, metrics);
      const toServer = (random(2) & 1) === 0;
      this.timeUs += STEP_US;
      packet.timeUs = flow.lastUs = this.timeUs;
      packet.flow = flow;
      packet.direction = toServer ? 0 : 1;
      packet.transport = packet.protocol = 6;
      packet.tcpFlags = 0x10;
      const bytes = random(16 * PACKETS_PER_FLOW) === 0 ? 65_536 : 500;
      if (toServer) {
        flow.bytesToServer += bytes;
        flow.packetsToServer++;
      } else {
        flow.bytesToClient += bytes;
        flow.packetsToClient++;
      }
      metrics?.onPacket(packet);
    }
  }

  /** Each host has a flow, so that all tables are as full as they get. */
  visitAll(metrics: TrafficMetrics | null): void {
    const { packet, flows } = this;
    for (let host = 0; host < HOSTS; host++) {
      const flow = flows[host % FLOWS]!;
      this.nextHost = host;
      this.replace(flow, metrics);
      this.timeUs += STEP_US;
      packet.timeUs = flow.lastUs = this.timeUs;
      packet.flow = flow;
      packet.direction = 0;
      flow.bytesToServer = 60;
      metrics?.onPacket(packet);
    }
    this.nextHost = -1;
  }

  private replace(flow: Flow, metrics: TrafficMetrics | null): void {
    if (flow.serial !== 0) metrics?.onFlowEnd(flow);
    flow.reset();
    flow.serial = ++this.serial;
    flow.ipVersion = 4;
    flow.protocol = 6;
    flow.state = 1;
    flow.sourceWords[0] = 0x0a000000 + (this.nextHost >= 0 ? this.nextHost : this.random(HOSTS));
    flow.destinationWords[0] = 0x0b000000 + this.random(SERVERS);
    flow.sourcePort = 40_000;
    flow.destinationPort = 443;
    flow.startUs = this.timeUs;
  }
}

/** The least of all rounds, nanoseconds a packet, without metrics and with: rounds alternate. */
function measure(metrics: TrafficMetrics): { bare: number; whole: number } {
  const runs = [
    { load: new Load(), metrics: null, best: Number.POSITIVE_INFINITY },
    { load: new Load(), metrics, best: Number.POSITIVE_INFINITY },
  ];
  for (const run of runs) {
    run.load.visitAll(run.metrics);
    run.load.run(WARM_UP, run.metrics);
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const run of runs) {
      const before = process.cpuUsage();
      run.load.run(MEASURED, run.metrics);
      const { user, system } = process.cpuUsage(before);
      run.best = Math.min(run.best, ((user + system) * 1000) / MEASURED);
    }
  }
  const [bare, whole] = runs;
  return { bare: bare?.best ?? 0, whole: whole?.best ?? 0 };
}

/** Nanoseconds of a read from anywhere in 256 MiB that has to wait for the one before: what a machine does to tables. */
function memoryLatency(): number {
  const words = new Int32Array(2 ** 26);
  const lines = words.length / 16;
  // An odd step around a power of two visits every line; far from the next one each time.
  const step = 1_640_531;
  for (let line = 0; line < lines; line++) words[line * 16] = ((line + step) % lines) * 16;
  let at = 0;
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 4; round++) {
    const before = process.cpuUsage();
    for (let i = 0; i < 500_000; i++) at = words[at]!;
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, ((user + system) * 1000) / 500_000);
  }
  return at < 0 ? 0 : best;
}

const metrics = createMetrics();
const { bare, whole } = measure(metrics);
const { rss, arrayBuffers } = process.memoryUsage();
const megabytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;
console.log(
  `a packet: ${bare.toFixed(0)} ns without metrics, ${whole.toFixed(0)} ns with: ${(whole - bare).toFixed(0)} ns for all metrics`,
);
console.log(
  `hosts ${metrics.tables.host?.table.count}, ${metrics.tables.host?.rowBytes} bytes each; tables ${megabytes(arrayBuffers)}, resident ${megabytes(rss)}`,
);
console.log(`a read from memory that nothing foresees: ${memoryLatency().toFixed(0)} ns`);
for (const [name, value] of metrics.counters()) console.log(`${name} ${value}`);
