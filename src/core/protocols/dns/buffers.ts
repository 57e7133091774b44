/** The names of DNS and multicast DNS messages as buffers of rules. */
import {
  type BufferSource,
  type BufferView,
  bufferSource,
  defineBuffer,
  type ProtocolBuffer,
} from "../buffer.ts";
import type { FlowSide } from "../direction.ts";
import { DnsState, type DnsTransaction } from "./transaction.ts";

const since = "8.0.0";

const dnsQuery = defineBuffer({
  name: "dns.query",
  aliases: ["dns_query"],
  family: "dns",
  summary: "Each name that a request asks for.",
  multi: true,
});

type Section = "queries" | "answers" | "authorities" | "additionals";

function sectionBuffer(name: string, summary: string): ProtocolBuffer {
  const family = name.slice(0, name.indexOf("."));
  return defineBuffer({ name, family, summary, since, multi: true });
}

function sectionSource(
  buffer: ProtocolBuffer,
  side: FlowSide,
  section: Section,
  isOfResponses = false,
): BufferSource {
  return bufferSource<DnsTransaction>(buffer, {
    side,
    progress: DnsState.complete,
    read: (transaction, index, view) =>
      (!isOfResponses || transaction.isResponse) && readName(transaction, section, index, view),
  });
}

function readName(
  { message }: DnsTransaction,
  section: Section,
  index: number,
  view: BufferView,
): boolean {
  if (section === "queries") return message.viewQuery(index, view);
  const entry = message[section][index];
  return entry !== undefined && entry.name.bytes.length > 0 && view.set(entry.name.bytes);
}

function responseSource(buffer: ProtocolBuffer, side: FlowSide): BufferSource {
  return bufferSource<DnsTransaction>(buffer, {
    side,
    progress: DnsState.complete,
    read: (transaction, index, view) =>
      transaction.isResponse && view.setOrAbsent(transaction.responseNames[index] ?? null),
  });
}

function bothSides(name: string, summary: string, section: Section): BufferSource[] {
  const buffer = sectionBuffer(name, summary);
  const isOfResponses = section === "authorities" || section === "additionals";
  return [
    sectionSource(buffer, "toServer", section, isOfResponses),
    sectionSource(buffer, "toClient", section, isOfResponses),
  ];
}

const responseSummary =
  "Each name of a response: asked for, of its records, and in their data (CNAME, PTR, MX, NS, SOA).";

export const dnsBuffers: readonly BufferSource[] = [
  sectionSource(dnsQuery, "toServer", "queries"),
  ...bothSides("dns.query.name", "Each name that a message asks for.", "queries"),
  ...bothSides("dns.queries.rrname", "Each name that a message asks for.", "queries"),
  ...bothSides("dns.answer.name", "Each name of an answer record.", "answers"),
  ...bothSides("dns.answers.rrname", "Each name of an answer record.", "answers"),
  ...bothSides("dns.authorities.rrname", "Each name of an authority record.", "authorities"),
  ...bothSides("dns.additionals.rrname", "Each name of an additional record.", "additionals"),
  responseSource(sectionBuffer("dns.response.rrname", responseSummary), "toClient"),
];

function multicast(name: string, summary: string, section: Section): BufferSource {
  const isOfResponses = section === "authorities" || section === "additionals";
  return sectionSource(sectionBuffer(name, summary), "toServer", section, isOfResponses);
}

/** Multicast DNS has one direction. */
export const mdnsBuffers: readonly BufferSource[] = [
  multicast("mdns.queries.rrname", "Each name that a message asks for.", "queries"),
  multicast("mdns.answers.rrname", "Each name of an answer record.", "answers"),
  multicast("mdns.authorities.rrname", "Each name of an authority record.", "authorities"),
  multicast("mdns.additionals.rrname", "Each name of an additional record.", "additionals"),
  responseSource(sectionBuffer("mdns.response.rrname", responseSummary), "toServer"),
];
