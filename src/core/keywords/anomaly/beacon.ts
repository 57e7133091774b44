/**
 * beacon: the client keeps contacting the service at regular intervals. Asked once a flow, when it begins; the
 * score is that of all contacts of the pair so far, this one included.
 */
import { BeaconScore } from "../../anomaly/beacon/beacon-score.ts";
import { CONTACTS_KEPT, ContactLog } from "../../anomaly/beacon/contact-log.ts";
import { PeerContacts } from "../../anomaly/beacon/peer-contacts.ts";
import { isPeriodicByDesign } from "../../anomaly/beacon/periodic-ports.ts";
import type { AnomalyDetails } from "../../detect/anomaly-details.ts";
import { Check } from "../../detect/check.ts";
import type { DetectionContext } from "../../detect/detection-context.ts";
import type { DetectionState } from "../../detect/detection-state.ts";
import { defineKeyword } from "../../detect/keyword.ts";
import { PacketGate } from "../../detect/packet-gate.ts";
import type { RuleDraft } from "../../detect/rule-draft.ts";
import type { SiteFacts } from "../../detect/site-facts.ts";
import type { Flow } from "../../flow/flow.ts";
import { LimitOptions } from "./limit-options.ts";

interface BeaconLimits {
  readonly score: number;
  readonly contacts: number;
  readonly overSeconds: number;
  readonly sources: number;
  readonly allPorts: boolean;
}

const TCP = 6;
const SYN_ACK_BITS = 0x12;
const SYN = 0x02;

export const beacon = defineKeyword<BeaconLimits>({
  name: "beacon",
  family: "anomaly",
  summary: "Scores how regularly a client contacts a service, as malware reports to its server.",
  syntax: "beacon:score >=S[, contacts >=N][, over TIME][, sources <=N][, ports all|usual]",
  since: "Shrike",
  argument: "required",
  examples: [
    {
      options: "beacon:score >=0.8;",
      meaning: "16 or more contacts over two hours, at intervals with little scatter, by few hosts",
    },
    {
      options: "beacon:score >=0.85, contacts >=24, over 12h, sources <=2, ports all;",
      meaning: "stricter, and services such as NTP as well",
    },
  ],
  parse(option) {
    const given = new LimitOptions(option, ["score", "contacts", "over", "sources", "ports"]);
    if (!given.has("score")) {
      option.fail("missing-value", '"beacon" needs a score', { hint: "write score >=0.8" });
    }
    return {
      score: given.atLeast("score", { min: 0.1, max: 1 }, 0.8),
      contacts: given.atLeast("contacts", { min: 4, max: 10_000 }, 16),
      overSeconds: given.seconds("over", { min: 60, max: 30 * 86_400 }, 2 * 3600),
      sources: given.atMost("sources", { min: 1, max: 100 }, 4),
      allPorts: given.word("ports", ["all", "usual"]) === "all",
    };
  },
  compile(limits, draft) {
    const { state, site, seed = 0 } = draft.builder;
    const contacts = state.part("beacon", () => new BeaconPart(state, seed));
    const question = new BeaconQuestion(limits, contacts, site ?? null);
    draft.requireFlow = true;
    draft.postMatches.push({ keyword: "beacon", run: (context) => question.tell(context) });
    draft.onFinish(() => {
      const isOnceAFlow = isAskedOnce(draft);
      if (isOnceAFlow) draft.requirePacket = true;
      const check = Check.of("beacon", question, isOnceAFlow ? beginsRegularly : isRegular);
      draft.addPacketCheck(check, isOnceAFlow ? { gate: PacketGate.flowStart } : {});
    });
  },
});

/** Nothing else in the rule waits for data: the first packet of a flow decides. */
function isAskedOnce(draft: RuleDraft): boolean {
  const { builder, syntax } = draft;
  const [name = ""] = syntax.header.protocol.split(":", 1);
  return (
    draft.buffers.length === 0 &&
    !draft.isTransactional &&
    !draft.asksForProtocol &&
    builder.protocols.forRules(name).length === 0
  );
}

/** The contacts of one engine, shared by its rules. */
class BeaconPart {
  readonly log: ContactLog;
  readonly score: BeaconScore;
  private readonly peers: PeerContacts | null;

  constructor(state: DetectionState, seed: number) {
    this.log = new ContactLog(seed);
    this.score = new BeaconScore(this.log);
    const { log } = this;
    const { shared } = state;
    const peers = shared === null ? null : new PeerContacts(shared.rings, log);
    this.peers = peers;
    state.flowEndObservers.push({
      onFlowEnd(flow) {
        peers?.receive();
        if (log.noteEnd(flow)) peers?.sendEnd(flow);
      },
    });
  }

  /** Notes the flow; returns its pair's slot. */
  note(flow: Flow): number {
    const { log, peers } = this;
    peers?.receive();
    const slot = log.note(flow);
    if (log.isNews) peers?.sendContact(flow);
    return slot;
  }

  *counters(): IterableIterator<readonly [string, number]> {
    const { pairs, services } = this.log;
    yield ["anomaly.beacon_pairs", pairs.count];
    yield ["anomaly.beacon_pairs_evicted", pairs.evicted];
    yield ["anomaly.beacon_services_evicted", services.evicted];
  }
}

class BeaconQuestion {
  private readonly limits: BeaconLimits;
  private readonly part: BeaconPart;
  private readonly site: SiteFacts | null;

  constructor(limits: BeaconLimits, part: BeaconPart, site: SiteFacts | null) {
    this.limits = limits;
    this.part = part;
    this.site = site;
  }

  /** Notes the flow and tells whether its pair reaches the limits. */
  holds(flow: Flow): boolean {
    const { limits, part, site } = this;
    const { destinationPort, destinationWords, ipVersion, protocol } = flow;
    if (!limits.allPorts && isPeriodicByDesign(protocol, destinationPort)) return false;
    const slot = part.note(flow);
    if (part.log.contacts[slot]! < limits.contacts) return false;
    if (part.log.clientsOf(flow) > limits.sources) return false;
    if (part.log.spanSeconds(slot) < limits.overSeconds) return false;
    if (part.score.measure(slot, limits.overSeconds) < limits.score) return false;
    return site?.isAllowedDestination(ipVersion, destinationWords, destinationPort) !== true;
  }

  tell({ flow, rule, state }: DetectionContext): void {
    const { limits, part } = this;
    const slot = flow === null ? -1 : part.log.find(flow);
    if (flow === null || slot < 0) return;
    if (rule !== null) state.ofFlow(flow).answer(rule.index);
    const { score, log } = part;
    score.measure(slot, limits.overSeconds);
    state.alertAnomaly = detailsOf(score, limits, log.contacts[slot]!, log.clientsOf(flow));
  }
}

function detailsOf(
  score: BeaconScore,
  limits: BeaconLimits,
  contacts: number,
  sources: number,
): AnomalyDetails {
  return {
    metric: "beacon",
    value: score.value,
    expected: limits.score,
    windowSeconds: score.spanSeconds,
    scores: [
      ["interval", score.interval],
      ["skew", score.skew],
      ["size", score.size],
      ["duration", score.duration],
      ["histogram", score.histogram],
      ["contacts", contacts],
      ["contacts_scored", Math.min(contacts, CONTACTS_KEPT + 1)],
      ["interval_seconds", score.medianSeconds],
      ["sources", sources],
    ],
  };
}

/** With the first packet of a flow; of TCP, only one that opens a connection. */
function beginsRegularly({ flow, packet }: DetectionContext, question: BeaconQuestion): boolean {
  if (flow === null || packet.protocol !== flow.protocol) return false;
  if (flow.protocol === TCP && (packet.tcpFlags & SYN_ACK_BITS) !== SYN) return false;
  return question.holds(flow);
}

/** With any packet of a flow, until the rule spoke of it. */
function isRegular({ flow, rule, state }: DetectionContext, question: BeaconQuestion): boolean {
  if (flow === null || !question.holds(flow)) return false;
  return rule === null || !state.ofFlow(flow).isAnswered(rule.index);
}
