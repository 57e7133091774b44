/**
 * Joins the metrics of one thread with those of others: what they settled goes into the same tables without a signal,
 * what they saw is seen, what they told of is told. What this thread sees and tells of goes to them.
 */
import { textDigest } from "../../bytes/text-digest.ts";
import { Exchange } from "./exchange.ts";
import { Limit, type Meter } from "./meter.ts";
import { Mark } from "./meter-table.ts";
import { keyWords } from "./metric.ts";
import type { PeerMetrics, PeerReceiver } from "./peer-metrics.ts";
import type { Signal } from "./signals.ts";
import type { TrafficMetrics } from "./traffic-metrics.ts";

export class PeerIntake implements PeerReceiver {
  readonly peers: PeerMetrics;
  private readonly metrics: TrafficMetrics;

  constructor(metrics: TrafficMetrics, peers: PeerMetrics) {
    this.metrics = metrics;
    this.peers = peers;
    peers.listen(this, new Exchange());
    metrics.signals.onTake = (signal) => this.tell(signal);
    metrics.firstSeen.onSeen = (low, high, minute) => peers.sendSeen(low, high, minute);
  }

  /** Takes in what is there; cheap when nothing is. */
  receive(): void {
    this.peers.receive();
  }

  takeExchange(exchange: Exchange, isFirst: boolean): void {
    const { metrics } = this;
    const { signals, options } = metrics;
    if (isFirst) exchange.setFirst(options.seed);
    exchange.slots.fill(-1);
    signals.isMuted = true;
    metrics.settle(exchange);
    signals.isMuted = false;
    // Counted where it was settled first.
    metrics.settlements--;
  }

  takeSeen(low: number, high: number, minute: number): void {
    this.metrics.firstSeen.table.put(low, high, minute, minute);
  }

  takeTold(number: number, window: number, key: (index: number) => number): void {
    for (const meter of this.metrics.allMeters) {
      const { kind } = meter.spec;
      const table = this.metrics.tables[kind];
      for (const limit of meter.limits) {
        if (table === null || limit.told.length === 0 || numberOf(meter, limit) !== number)
          continue;
        for (let i = 0; i < keyWords[kind]; i++) table.table.key[i] = key(i);
        const slot = table.table.find();
        if (slot < 0) continue;
        table.mark(slot, Mark.beside);
        limit.told[slot] = window + 1;
      }
    }
  }

  private tell({ source, slot, window }: Signal): void {
    if (!(source instanceof Limit)) return;
    const meter = this.metrics.allMeters.find(({ limits }) => limits.includes(source));
    const table = meter === undefined ? null : this.metrics.tables[meter.spec.kind];
    if (meter === undefined || table === null) return;
    this.peers.sendTold(numberOf(meter, source), window, keyWords[meter.spec.kind], (index) =>
      table.table.keyWord(slot, index),
    );
  }
}

/** The same in every thread, whatever else its rules say. */
function numberOf({ spec }: Meter, { condition }: Limit): number {
  const { kind, metric, windowSeconds, season } = spec;
  const { minimum, factor, side, learnSeconds } = condition;
  return textDigest(
    [kind, metric, windowSeconds, season, minimum, factor, side, learnSeconds].join(" "),
  );
}
