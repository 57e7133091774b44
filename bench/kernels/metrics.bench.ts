/**
 * What all metrics cost a packet, with a million hosts: every metric of hosts by the hour, those of pairs, services and
 * networks that bundled rules ask for, three baselines, first sights. 16,384 flows at a time, of 24 packets each on
 * average and of 500 bytes, each between a host in a million and a server in ten thousand; a flow in 16 sends 64 KiB
 * more at once. `npm run bench` does not run it: `node scripts/run-typescript.mjs bench/kernels/metrics.bench.ts`.
 */
import { FirstSeenLimit } from "../../src/core/anomaly/metrics/first-seen.ts";
import { metrics as declarations } from "../../src/core/anomaly/metrics/metric.ts";
import { defaultMetricLimits } from "../../src/core/anomaly/metrics/metric-limits.ts";
import { TrafficMetrics } from "../../src/core/anomaly/metrics/traffic-metrics.ts";
import { Site } from "../../src/core/anomaly/site.ts";
import { Flow } from "../../src/core/flow/flow.ts";
import { Packet } from "../../src/core/layers/packet.ts";
import { AddressSet } from "../../src/core/rule/address-set.ts";

const HOSTS = 1_000_000;
const SERVERS = 10_000;
const FLOWS = 16_384;
const PACKETS_PER_FLOW = 24;
const WARM_UP = 2_000_000;
const MEASURED = 6_000_000;
/** Packet time between two packets: 100,000 a second. */
const STEP_US = 10;

const home = new AddressSet(false, Uint32Array.of(0x0a000000, 0x0affffff), new Uint32Array());

function createMetrics(): TrafficMetrics {
  const made = new TrafficMetrics({ limits: defaultMetricLimits, seed: 7, home, site: new Site() });
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
  private nextHost = -1;
  private serial = 0;
  private timeUs = 1_767_225_600_000_000;

  /** Feeds packets; the cost of making them is that of `metrics` null. */
  run(count: number, metrics: TrafficMetrics | null): void {
    const { packet, random, flows } = this;
    for (let i = 0; i < count; i++) {
      const flow = flows[random(FLOWS)]!;
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

function nanosecondsPerPacket(metrics: TrafficMetrics | null): number {
  const load = new Load();
  load.visitAll(metrics);
  load.run(WARM_UP, metrics);
  const before = process.cpuUsage();
  load.run(MEASURED, metrics);
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / MEASURED;
}

const metrics = createMetrics();
const bare = nanosecondsPerPacket(null);
const whole = nanosecondsPerPacket(metrics);
const { rss, arrayBuffers } = process.memoryUsage();
const megabytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;
console.log(`metrics: ${(whole - bare).toFixed(0)} ns a packet (${bare.toFixed(0)} ns to make it)`);
console.log(
  `hosts ${metrics.tables.host?.table.count}, tables ${megabytes(arrayBuffers)}, resident ${megabytes(rss)}`,
);
for (const [name, value] of metrics.counters()) console.log(`${name} ${value}`);
