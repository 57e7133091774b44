/**
 * port_protocol: the protocol that was recognised in the flow does not belong on the server's port, or the site
 * does not know the service. True once a flow, with the first packet to the server after the protocol is known (over UDP
 * with any): a rule's destination is the server. A protocol
 * that others grew out of (TLS after STARTTLS or CONNECT) counts as what it began as.
 */
import { hasPort, ownersOf, ownPortBits, usualPort } from "../../anomaly/services/own-ports.ts";
import { Check } from "../../detect/check.ts";
import type { DetectionContext } from "../../detect/detection-context.ts";
import { applicationOf } from "../../detect/flow-application.ts";
import { defineKeyword } from "../../detect/keyword.ts";
import type { RuleDraft } from "../../detect/rule-draft.ts";
import type { SiteFacts } from "../../detect/site-facts.ts";
import type { Flow } from "../../flow/flow.ts";
import { Direction, type Packet } from "../../layers/packet.ts";
import { type ProtocolRegistry, UNKNOWN_PROTOCOL } from "../../protocols/registry.ts";
import type { OptionText, TextPiece } from "../../rule/option-text.ts";
import { didYouMean } from "../../rule/suggest.ts";

const KINDS = ["foreign", "misused", "unlisted"] as const;
type Kind = (typeof KINDS)[number];

interface PortDemand {
  readonly option: OptionText;
  readonly kind: Kind;
  /** Empty: every protocol that the table knows. */
  readonly protocols: readonly TextPiece[];
}

/** What the check asks with; numbers of protocols, null for all. */
interface PortQuestion {
  readonly kind: Kind;
  readonly wanted: ReadonlySet<number> | null;
  readonly registry: ProtocolRegistry;
  /** By number of protocol: its own ports, null where it is at home anywhere. */
  readonly ownPorts: readonly (Uint8Array | null)[];
  /** By number of protocol: what a site file may call it. */
  readonly names: readonly (readonly string[] | undefined)[];
  readonly site: SiteFacts | null;
}

/** What people also call a protocol. */
const synonyms: Readonly<Record<string, readonly string[]>> = {
  http1: ["http"],
  http2: ["http", "https"],
  tls: ["ssl", "https"],
  smb: ["cifs"],
};

const TCP = 6;
const FIN_RST = 0x05;
/** Packets of a server after which a protocol that is not yet recognised counts as unknown. */
const SETTLED_PACKETS = 8;

export const portProtocol = defineKeyword<PortDemand>({
  name: "port_protocol",
  family: "anomaly",
  summary:
    "Asks for a protocol on a port that is not its own, or a service that the site does not know.",
  syntax: `port_protocol:${KINDS.join("|")}[, PROTOCOL...]`,
  since: "Shrike",
  argument: "required",
  examples: [
    { options: "port_protocol:foreign, tls, ssh;", meaning: "TLS or SSH on a port of neither" },
    {
      options: "port_protocol:misused;",
      meaning: "SSH on 443, HTTP on 22: a port of another protocol",
    },
    { options: "port_protocol:unlisted;", meaning: "a service that is not in the site file" },
  ],
  parse(option) {
    option.required();
    const [kind = option.whole, ...protocols] = option.split(",");
    return { option, kind: option.oneOf(kind, KINDS, "kind"), protocols };
  },
  compile(demand, draft) {
    const { kind } = demand;
    const { protocols: registry, site = null } = draft.builder;
    if (kind === "unlisted" && site?.listsServices !== true) {
      draft.warn("site-needed", '"port_protocol:unlisted" never holds without a site file', {
        hint: "list the services that are wanted in site.yaml",
      });
    }
    const ownPorts: (Uint8Array | null)[] = [];
    const names: (readonly string[])[] = [];
    for (const { id, declaration, eveName } of registry.protocols) {
      const { name, ruleNames = [] } = declaration;
      ownPorts[id] = ownPortBits(name);
      names[id] = [...new Set([name, eveName, ...ruleNames, ...(synonyms[name] ?? [])])];
    }
    const wanted = numbersOf(demand, draft);
    const question: PortQuestion = { kind, wanted, registry, ownPorts, names, site };
    draft.asksForProtocol = true;
    draft.requireFlow = true;
    draft.addPacketCheck(Check.of("port_protocol", question, isOutOfPlace));
    draft.postMatches.push({
      keyword: "port_protocol",
      run: (context) => tell(context, question),
    });
  },
});

function numbersOf(
  { option, protocols }: PortDemand,
  { builder }: RuleDraft,
): ReadonlySet<number> | null {
  if (protocols.length === 0) return null;
  const numbers = new Set<number>();
  for (const piece of protocols) {
    const found = builder.protocols.forRules(piece.text);
    for (const { id } of found) numbers.add(id);
    if (found.length > 0) continue;
    const hint = didYouMean(piece.text, builder.protocols.ruleNames());
    option.failAt(piece, "unknown-protocol", `unknown protocol "${piece.text}"`, hint);
  }
  return numbers;
}

function isOutOfPlace({ flow, packet, rule, state }: DetectionContext, question: PortQuestion) {
  // Data connections that others announced (FTP) are wherever they were announced.
  if (flow === null || flow.parentId !== 0) return false;
  // The destination of a rule is the server.
  if (flow.protocol === TCP && packet.direction !== Direction.toServer) return false;
  const number = protocolOf(flow);
  const { wanted, kind } = question;
  if (wanted !== null && !wanted.has(number)) return false;
  const isWrong =
    kind === "unlisted"
      ? isUnlisted(flow, packet, number, question)
      : isForeign(flow, number, question);
  return isWrong && (rule === null || !state.ofFlow(flow).isAnswered(rule.index));
}

function isForeign(flow: Flow, number: number, question: PortQuestion): boolean {
  const { kind, names, ownPorts, site } = question;
  const own = ownPorts[number] ?? null;
  const { destinationPort: port } = flow;
  if (own === null || hasPort(own, port)) return false;
  if (kind === "misused" && ownersOf(port).length === 0) return false;
  return site === null || !isApproved(flow, number, site, names);
}

/** A service is there when it answered. */
function isUnlisted(flow: Flow, packet: Packet, number: number, question: PortQuestion): boolean {
  const { site, names } = question;
  if (site?.listsServices !== true) return false;
  const isOpen = flow.protocol === TCP ? packet.established : flow.packetsToClient > 0;
  if (!isOpen || (number === UNKNOWN_PROTOCOL && !isSettled(flow, packet))) return false;
  return !isApproved(flow, number, site, names);
}

/** Under any of its names; what was not recognised may be whatever is wanted on the port. */
function isApproved(
  { ipVersion, destinationWords, destinationPort }: Flow,
  number: number,
  site: SiteFacts,
  names: PortQuestion["names"],
): boolean {
  const known = names[number];
  if (known === undefined) return site.listsPort(ipVersion, destinationWords, destinationPort);
  for (let i = 0; i < known.length; i++) {
    if (site.approves(ipVersion, destinationWords, destinationPort, known[i]!)) return true;
  }
  return false;
}

/** Nothing was recognised so far, and will hardly be. */
function isSettled(flow: Flow, packet: Packet): boolean {
  return (packet.tcpFlags & FIN_RST) !== 0 || flow.packetsToClient >= SETTLED_PACKETS;
}

/** What the flow is, or was before it changed over. */
function protocolOf(flow: Flow): number {
  const application = applicationOf(flow);
  if (application === null) return UNKNOWN_PROTOCOL;
  return application.original === UNKNOWN_PROTOCOL ? application.protocol : application.original;
}

function tell({ flow, rule, state }: DetectionContext, { kind, registry }: PortQuestion): void {
  if (flow === null) return;
  if (rule !== null) state.ofFlow(flow).answer(rule.index);
  const name = registry.eveName(protocolOf(flow));
  const usual = usualPort(registry.of(protocolOf(flow))?.declaration.name ?? "");
  state.alertAnomaly = {
    metric: `port_protocol.${kind}`,
    subject: name,
    value: flow.destinationPort,
    ...(usual === 0 ? {} : { expected: usual }),
  };
}
