/**
 * dns_tunnel: a client asks for many unlike names below one registered domain, long and without sense, as
 * programs do that carry data in DNS. Asked of each name; the counts are those of client and domain in the
 * window so far.
 */
import { DomainLog } from "../../anomaly/dns-tunnel/domain-log.ts";
import { PeerNames } from "../../anomaly/dns-tunnel/peer-names.ts";
import { bytesToLatin1 } from "../../bytes/latin1.ts";
import type { BufferDeclaration } from "../../detect/buffer.ts";
import type { BufferInspection, Chain, ChainStep } from "../../detect/chain.ts";
import type { DetectionContext } from "../../detect/detection-context.ts";
import { defineKeyword } from "../../detect/keyword.ts";
import type { ChainItem, RuleDraft } from "../../detect/rule-draft.ts";
import type { SiteFacts } from "../../detect/site-facts.ts";
import type { Flow } from "../../flow/flow.ts";
import { RuleError } from "../../rule/diagnostic.ts";
import { bufferNamed } from "../application/protocol-keywords.ts";
import { registrableStart } from "../transforms/rewriting/public-suffix.ts";
import { LimitOptions } from "./limit-options.ts";

interface TunnelLimits {
  readonly unique: number;
  readonly entropy: number;
  readonly length: number;
  readonly bytes: number;
  readonly overSeconds: number;
}

export const dnsTunnel = defineKeyword<TunnelLimits>({
  name: "dns_tunnel",
  family: "anomaly",
  summary: "Counts unlike names that a client asks for below one registered domain.",
  syntax: "dns_tunnel:unique >=N[, entropy >=E][, length >=L][, bytes >=B][, over TIME]",
  since: "Shrike",
  argument: "required",
  examples: [
    {
      options: "dns_tunnel:unique >=50, entropy >=3.2, length >=24, bytes >=2000, over 1h;",
      meaning: "50 long names without sense in an hour, 2000 characters together",
    },
    {
      options: 'dns.query; content:!".example.com"; endswith; dns_tunnel:unique >=500;',
      meaning: "500 names of a domain other than example.com in ten minutes",
    },
  ],
  parse(option) {
    const given = new LimitOptions(option, ["unique", "entropy", "length", "bytes", "over"]);
    if (!given.has("unique")) {
      option.fail("missing-value", '"dns_tunnel" needs a number of names', {
        hint: "write unique >=50",
      });
    }
    return {
      unique: given.atLeast("unique", { min: 2, max: 20_000 }, 50),
      entropy: given.atLeast("entropy", { min: 0, max: 8 }, 0),
      length: given.atLeast("length", { min: 0, max: 253 }, 0),
      bytes: given.atLeast("bytes", { min: 0, max: 1e9 }, 0),
      overSeconds: given.seconds("over", { min: 10, max: 7 * 86_400 }, 600),
    };
  },
  compile(limits, draft) {
    const { state, site = null, seed = 0, publicSuffixes } = draft.builder;
    const part = state.part(`dns_tunnel ${limits.overSeconds}`, () => {
      const start = publicSuffixes === undefined ? registrableStart : startBy(publicSuffixes);
      // What threads tell each other is hashed with one key.
      const { shared } = state;
      const log = new DomainLog(limits.overSeconds, shared?.seed ?? seed, start);
      const peers =
        shared === null ? null : state.part("dns_tunnel peers", () => new PeerNames(shared.rings));
      return new TunnelPart(log, limits.overSeconds, peers);
    });
    const step = new TunnelStep(limits, part, site);
    const item: ChainItem = { keyword: "dns_tunnel", relative: false, build: () => step };
    const buffer = nameBuffer(draft);
    if (buffer === null) draft.addItem(item);
    else draft.addItemTo(buffer, item);
    draft.postMatches.push({ keyword: "dns_tunnel", run: (context) => step.tell(context) });
  },
});

function startBy(suffixes: NonNullable<RuleDraft["builder"]["publicSuffixes"]>) {
  return (bytes: Uint8Array, start: number, end: number): number =>
    suffixes.registrableStart(bytes, start, end);
}

/** Null: the buffer that is selected; names that are asked for, where none is. */
function nameBuffer(draft: RuleDraft): BufferDeclaration | null {
  if (!draft.hasSelection) return bufferNamed("dns.query");
  const { name, protocols } = draft.currentBuffer.declaration;
  if (protocols?.includes("dns") === true) return null;
  throw new RuleError(
    "conflicting-keyword",
    `"dns_tunnel" looks at names of DNS, not at "${name}"`,
    {
      hint: 'write "dns.query;" before it, or nothing',
    },
  );
}

/** The names of one window length, shared by the rules that have it. */
class TunnelPart {
  readonly log: DomainLog;
  private readonly windowSeconds: number;
  private readonly peers: PeerNames | null;

  constructor(log: DomainLog, windowSeconds: number, peers: PeerNames | null) {
    this.log = log;
    this.windowSeconds = windowSeconds;
    this.peers = peers;
    peers?.join(windowSeconds, log);
  }

  /** Notes a name that the flow's client asks for; returns the slot, as the log does. */
  note(flow: Flow, timeUs: number, bytes: Uint8Array, start: number, end: number): number {
    const { log, peers } = this;
    const { sourceWords, ipVersion } = flow;
    peers?.receive();
    const slot = log.note(sourceWords, ipVersion, timeUs, bytes, start, end);
    if (peers !== null && slot >= 0 && log.isNews) peers.send(this.windowSeconds, log.noted);
    return slot;
  }

  *counters(): IterableIterator<readonly [string, number]> {
    yield ["anomaly.dns_tunnel_domains", this.log.pairs.count];
    yield ["anomaly.dns_tunnel_domains_evicted", this.log.pairs.evicted];
  }
}

class TunnelStep implements ChainStep {
  readonly keyword = "dns_tunnel";
  readonly relative = false;
  private readonly limits: TunnelLimits;
  private readonly part: TunnelPart;
  private readonly site: SiteFacts | null;
  /** The last match, until the alert has told of it. */
  private matchedFlowId = 0;
  private matchedSlot = -1;
  private matchedDomain = "";

  constructor(limits: TunnelLimits, part: TunnelPart, site: SiteFacts | null) {
    this.limits = limits;
    this.part = part;
    this.site = site;
  }

  run(inspection: BufferInspection, chain: Chain, index: number): boolean {
    const { flow, packet } = inspection.context;
    if (flow === null) return false;
    const { log } = this.part;
    const { bytes, start, end } = inspection;
    const slot = this.part.note(flow, packet.timeUs, bytes, start, end);
    if (slot < 0 || !this.reaches(slot)) return false;
    const domain = bytesToLatin1(log.name, log.domainStart, log.nameEnd);
    if (this.site?.isAllowedDomain(domain) === true) return false;
    this.matchedFlowId = flow.id;
    this.matchedSlot = slot;
    this.matchedDomain = domain;
    return chain.match(inspection, index + 1);
  }

  tell({ flow, state }: DetectionContext): void {
    const { limits, matchedSlot: slot } = this;
    if (flow === null || slot < 0 || flow.id !== this.matchedFlowId) return;
    const { log } = this.part;
    state.alertAnomaly = {
      metric: "dns_tunnel",
      subject: this.matchedDomain,
      value: log.uniqueNames(slot),
      expected: limits.unique,
      windowSeconds: limits.overSeconds,
      scores: [
        ["unique", log.uniqueNames(slot)],
        ["entropy", log.meanEntropy(slot)],
        ["length", log.meanLength(slot)],
        ["bytes", log.bytesBelow(slot)],
      ],
    };
    this.matchedSlot = -1;
  }

  private reaches(slot: number): boolean {
    const { limits } = this;
    const { log } = this.part;
    if (log.uniqueNames(slot) < limits.unique || log.bytesBelow(slot) < limits.bytes) return false;
    return log.meanEntropy(slot) >= limits.entropy && log.meanLength(slot) >= limits.length;
  }
}
