/**
 * Joins the metrics of one thread with those of others: what they settled goes into the same tables without a signal,
 * what they saw is seen, what they told of is told. What this thread sees and tells of goes to them.
 */
import { textDigest } from "../../bytes/text-digest.ts";
import { Exchange } from "./exchange.ts";
import { isSameCondition, Limit, type Meter } from "./meter.ts";
import { Mark } from "./meter-table.ts";
import { keyWords } from "./metric.ts";
import type { PeerMetrics, PeerReceiver } from "./peer-metrics.ts";
import type { Signal } from "./signals.ts";
import type { TrafficMetrics } from "./traffic-metrics.ts";

/** Words of what threads ask by, before they tell: eight of the key, the limit, the window. */
const ASKED_WORDS = 10;
const LIMIT_WORD = 8;
const WINDOW_WORD = 9;
/** In place of a limit: a value seen for the first time. All threads know of it much sooner than after SEEN_US. */
const FIRST_SIGHT = -1;
const SEEN_US = 60_000_000;

export class PeerIntake implements PeerReceiver {
  readonly peers: PeerMetrics;
  private readonly metrics: TrafficMetrics;
  private readonly asked = new Int32Array(ASKED_WORDS);

  constructor(metrics: TrafficMetrics, peers: PeerMetrics) {
    this.metrics = metrics;
    this.peers = peers;
    peers.listen(this, new Exchange());
    metrics.signals.onTake = (signal) => this.tell(signal);
    metrics.signals.isFirst = (signal) => this.isFirst(signal);
    metrics.firstSeen.isFirst = (low, high, us) => this.isFirstSight(low, high, us);
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

  /** No other thread told of the limit in this window of the key. */
  private isFirst({ source, slot, window }: Signal): boolean {
    const meter = source instanceof Limit ? this.meterOf(source) : undefined;
    const table = meter === undefined ? null : this.metrics.tables[meter.spec.kind];
    if (meter === undefined || table === null || !(source instanceof Limit)) return true;
    const { asked, metrics } = this;
    const words = keyWords[meter.spec.kind];
    for (let i = 0; i < LIMIT_WORD; i++) asked[i] = i < words ? table.table.keyWord(slot, i) : 0;
    asked[LIMIT_WORD] = numberOf(meter, source);
    // The ninth word of a key is the version of its addresses.
    asked[WINDOW_WORD] = window * 16 + (words > LIMIT_WORD ? table.table.keyWord(slot, 8) : 0);
    const { latestUs } = metrics;
    const untilUs = latestUs + 2e6 * meter.spec.windowSeconds;
    return this.peers.firstToTell.isFirst(asked, latestUs, untilUs);
  }

  private isFirstSight(low: number, high: number, us: number): boolean {
    const { asked } = this;
    asked.fill(0);
    asked[0] = low;
    asked[1] = high;
    asked[LIMIT_WORD] = FIRST_SIGHT;
    return this.peers.firstToTell.isFirst(asked, us, us + SEEN_US);
  }

  private meterOf(limit: Limit): Meter | undefined {
    return this.metrics.allMeters.find(({ limits }) => limits.includes(limit));
  }

  private tell({ source, slot, window }: Signal): void {
    if (!(source instanceof Limit)) return;
    const meter = this.meterOf(source);
    const table = meter === undefined ? null : this.metrics.tables[meter.spec.kind];
    if (meter === undefined || table === null) return;
    this.peers.sendTold(numberOf(meter, source), window, keyWords[meter.spec.kind], (index) =>
      table.table.keyWord(slot, index),
    );
  }
}

/** The same in every thread, whatever else its rules say; another for each rule of those with the same condition. */
function numberOf({ spec, limits }: Meter, limit: Limit): number {
  const { condition } = limit;
  const alike = limits.filter((one) => isSameCondition(one.condition, condition));
  const { kind, metric, windowSeconds, season } = spec;
  const { minimum, factor, side, learnSeconds } = condition;
  return textDigest(
    [
      ...[kind, metric, windowSeconds, season],
      ...[minimum, factor, side, learnSeconds, alike.indexOf(limit)],
    ].join(" "),
  );
}
