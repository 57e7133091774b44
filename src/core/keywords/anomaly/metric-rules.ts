/**
 * How rules ask metrics: the metrics of the engine, made with the first rule that needs them, and a check that holds
 * with the packet that a signal comes with. Such rules are looked at only then, and each signal is taken by the rule
 * whose limit raised it, once everything else in the rule holds.
 */
import type { MeterSpec } from "../../anomaly/metrics/meter.ts";
import { kindOfTrack, type Season, type Track } from "../../anomaly/metrics/metric.ts";
import { defaultMetricLimits } from "../../anomaly/metrics/metric-limits.ts";
import { PeerMetrics } from "../../anomaly/metrics/peer-metrics.ts";
import { Role, type Signal, type SignalSource } from "../../anomaly/metrics/signals.ts";
import { TrafficMetrics } from "../../anomaly/metrics/traffic-metrics.ts";
import { Site } from "../../anomaly/site.ts";
import { plainPages } from "../../bytes/large-pages.ts";
import type { AnomalyDetails } from "../../detect/anomaly-details.ts";
import { Check } from "../../detect/check.ts";
import type { DetectionContext } from "../../detect/detection-context.ts";
import { PacketGate } from "../../detect/packet-gate.ts";
import type { RuleBuilder } from "../../detect/rule-builder.ts";
import type { RuleDraft } from "../../detect/rule-draft.ts";
import { AddressSet } from "../../rule/address-set.ts";
import { resolveAddresses } from "../../rule/addresses.ts";
import { parseListText } from "../../rule/list-syntax.ts";
import type { Measure } from "./measure-options.ts";

/** The key of the metrics among the parts of the detection state. */
export const METRICS_PART = "metrics";

/** The metrics of the engine that the rules are compiled for. */
export function metricsOf(builder: RuleBuilder): TrafficMetrics {
  const { state, site, seed = 0, largePages = plainPages } = builder;
  const { shared } = state;
  return state.part(METRICS_PART, () => {
    const made = new TrafficMetrics({
      limits: defaultMetricLimits,
      seed,
      largePages,
      home: homeOf(builder),
      site: site instanceof Site ? site : new Site(),
      peers: shared === null ? null : new PeerMetrics(shared.rings, shared, shared.isSpeaker),
    });
    state.packetObserver = made;
    return made;
  });
}

export function meterSpec(
  { metric, track, windowSeconds }: Measure,
  season: Season | null,
): MeterSpec {
  return { kind: kindOfTrack[track], metric, windowSeconds, season };
}

/** A network is one of the site file. */
export function warnWithoutNetworks(track: Track, draft: RuleDraft): void {
  const { site } = draft.builder;
  if (track !== "by_network" || (site instanceof Site && site.networks.length > 0)) return;
  draft.warn("site-needed", '"track by_network" never holds without a site file', {
    hint: "name the home networks in site.yaml",
  });
}

/** Adds the condition that a signal of `source` is there; `tell` says what the alert tells of it. */
export function addSignalCheck(
  draft: RuleDraft,
  keyword: string,
  source: SignalSource,
  track: Track,
  tell: (signal: Signal) => AnomalyDetails,
): void {
  const question = new SignalQuestion(metricsOf(draft.builder), source, track);
  draft.requireFlow = true;
  draft.addPacketCheck(Check.of(keyword, question, hasSignal), { gate: PacketGate.metric });
  draft.postMatches.push({
    keyword,
    run({ state }) {
      const { found, metrics } = question;
      if (found === null) return;
      if (metrics.signals.take(found)) state.alertAnomaly = tell(found);
      else state.isRefused = true;
    },
  });
}

class SignalQuestion {
  readonly metrics: TrafficMetrics;
  readonly source: SignalSource;
  readonly track: Track;
  /** The signal that the check found last. */
  found: Signal | null = null;

  constructor(metrics: TrafficMetrics, source: SignalSource, track: Track) {
    this.metrics = metrics;
    this.source = source;
    this.track = track;
  }
}

function hasSignal({ direction }: DetectionContext, question: SignalQuestion): boolean {
  const { signals } = question.metrics;
  question.found = null;
  for (let i = 0; i < signals.count; i++) {
    const signal = signals.current[i]!;
    if (signal.source !== question.source || signal.isTaken) continue;
    if (!fits(question.track, signal.role, direction)) continue;
    question.found = signal;
    return true;
  }
  return false;
}

/** Whether the key is the one that the rule means with a packet of this direction. */
function fits(track: Track, role: number, direction: number): boolean {
  if (track === "by_both" || track === "by_service") return true;
  const isSource = (role === Role.client) === (direction === 0);
  return track === "by_dst" ? !isSource : isSource;
}

/** The home network of the rules; everything where there is none. */
function homeOf({ variables }: RuleBuilder): AddressSet {
  const text = variables.addressGroups.get("HOME_NET");
  if (text === undefined) return new AddressSet(true, new Uint32Array(), new Uint32Array());
  const span = { file: "", line: 1, column: 1, length: 1 };
  return resolveAddresses(parseListText("$HOME_NET", span), variables);
}
