/**
 * What was exchanged by a client and a server since it was settled last: the amounts by metric as the client and as the
 * server count them, and the two sides. One object per engine, refilled.
 *
 * @hotpath
 */
import { finishHash, mixWord } from "../way-table.ts";
import { METRIC_COUNT, Metric } from "./metric.ts";

/** Whom an exchange is settled with. */
export const ExchangeKey = { client: 0, server: 1, pair: 2, service: 3 } as const;

export class Exchange {
  timeUs = 0;
  ipVersion = 0;
  readonly client = new Int32Array(4);
  readonly server = new Int32Array(4);
  serverPort = 0;
  protocol = 0;
  /** The flow begins with it. */
  isFirst = false;
  isClientHome = false;
  isServerHome = false;
  /** Networks of the site, by number; -1 for none. */
  clientNetwork = -1;
  serverNetwork = -1;
  /** Slots that the keys of a flow had when it was settled last, as in `ExchangeKey`; -1 for unknown. */
  readonly slots = Int32Array.of(-1, -1, -1, -1);
  /** By metric; of the sums only. */
  readonly clientAmounts = new Float64Array(METRIC_COUNT);
  readonly serverAmounts = new Float64Array(METRIC_COUNT);
  /** Hashes of the client, the server, and the service's port, for counts of different values. */
  clientHash = 0;
  serverHash = 0;
  portHash = 0;

  /** Takes over the sides; amounts are zero then. */
  setSides(
    ipVersion: number,
    client: Int32Array,
    server: Int32Array,
    serverPort: number,
    protocol: number,
  ): void {
    this.ipVersion = ipVersion;
    for (let i = 0; i < 4; i++) {
      this.client[i] = client[i]!;
      this.server[i] = server[i]!;
    }
    this.serverPort = serverPort;
    this.protocol = protocol;
    this.clientAmounts.fill(0);
    this.serverAmounts.fill(0);
  }

  /** Bytes and packets of both directions. */
  setTraffic(
    bytesToServer: number,
    bytesToClient: number,
    packetsToServer: number,
    packetsToClient: number,
  ): void {
    const { clientAmounts, serverAmounts } = this;
    clientAmounts[Metric.bytesOut] = serverAmounts[Metric.bytesIn] = bytesToServer;
    clientAmounts[Metric.bytesIn] = serverAmounts[Metric.bytesOut] = bytesToClient;
    clientAmounts[Metric.packetsOut] = serverAmounts[Metric.packetsIn] = packetsToServer;
    clientAmounts[Metric.packetsIn] = serverAmounts[Metric.packetsOut] = packetsToClient;
  }

  /** Of amounts that are set: what crosses the border of the home network. */
  splitByHome(): void {
    if (this.isClientHome === this.isServerHome) return;
    const { clientAmounts, serverAmounts } = this;
    clientAmounts[Metric.upload] = serverAmounts[Metric.download] = clientAmounts[Metric.bytesOut]!;
    clientAmounts[Metric.download] = serverAmounts[Metric.upload] = clientAmounts[Metric.bytesIn]!;
  }

  /** The flow begins: counts it, and makes the hashes for counts of different values. */
  setFirst(seed: number): void {
    this.isFirst = true;
    this.clientAmounts[Metric.flowsOut] = this.serverAmounts[Metric.flowsIn] = 1;
    this.clientHash = hashWords(this.client, seed);
    this.serverHash = hashWords(this.server, seed);
    this.portHash = finishHash(mixWord(seed, (this.protocol << 16) | this.serverPort));
  }

  /** The value that a count of a key in this role adds; `metric` is a count. */
  hashFor(metric: number, isServer: boolean): number {
    if (metric === Metric.ports) return this.portHash;
    return isServer ? this.clientHash : this.serverHash;
  }
}

function hashWords(words: Int32Array, seed: number): number {
  let hash = seed;
  for (let i = 0; i < 4; i++) hash = mixWord(hash, words[i]!);
  return finishHash(hash);
}
