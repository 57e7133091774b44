/**
 * Rules over indicators: a few that ask the sets, one for each list of digests, one for each network and URL. Each
 * alert names the indicator and its source: the sets' context does, or the message.
 */
import {
  CONTEXT_KEY,
  type DigestList,
  digestLists,
  indicatorSets,
  type OutputFile,
  VALUE_KEY,
} from "./indicator-sets.ts";
import type { IndicatorStore, MergedIndicator } from "./indicator-store.ts";

/** Numbers from the first on that rules over sets and lists have; rules of single values come behind. */
export const SET_RULE_SIDS = 100;
const DIGEST_SID_OFFSET = 20;

const ONCE_AN_HOUR = "threshold:type limit, track by_both, count 1, seconds 3600;";
const CLASS = "classtype:trojan-activity;";
const ATTACK = "metadata:mitre_tactic_id TA0011, mitre_technique_id T1071;";

/** Rules over one set: header, what is asked, what the message says. */
const setRules = [
  {
    kind: "address",
    header: "ip $HOME_NET any -> any any",
    buffer: "ip.dst",
    what: "address contacted",
  },
  {
    kind: "address",
    header: "ip any any -> $HOME_NET any",
    buffer: "ip.src",
    what: "contact by an address",
  },
  {
    kind: "domain",
    header: "dns any any -> any any",
    buffer: "dns.query",
    what: "domain looked up",
  },
  { kind: "domain", header: "tls any any -> any any", buffer: "tls.sni", what: "domain in TLS" },
  {
    kind: "domain",
    header: "http any any -> any any",
    buffer: "http.host",
    what: "domain in HTTP",
  },
  { kind: "ja3", header: "tls any any -> any any", buffer: "ja3.hash", what: "JA3 fingerprint" },
  { kind: "ja4", header: "tls any any -> any any", buffer: "ja4.hash", what: "JA4 fingerprint" },
] as const;

export function rulesFile(
  indicators: readonly MergedIndicator[],
  store: IndicatorStore,
  firstSid: number,
): OutputFile {
  const head = "# Made by `shrike ioc`; it is written anew with each import.\n";
  const lines = [
    ...setLines(indicators, firstSid),
    ...digestLists(indicators).flatMap((list, index) =>
      index < SET_RULE_SIDS - DIGEST_SID_OFFSET
        ? [digestLine(list, firstSid + DIGEST_SID_OFFSET + index)]
        : [],
    ),
    ...indicators.flatMap((indicator) => singleLines(indicator, store)),
  ];
  return { name: "ioc.rules", text: head + lines.map((line) => `${line}\n`).join("") };
}

function setLines(indicators: readonly MergedIndicator[], firstSid: number): readonly string[] {
  const kinds = new Set(indicators.map(({ kind }) => kind));
  return setRules.flatMap(({ kind, header, buffer, what }, index) => {
    const set = indicatorSets.find((each) => each.kind === kind);
    if (!kinds.has(kind) || set === undefined) return [];
    const match = kind === "domain" ? ", match subdomain" : "";
    const dataset =
      `dataset:isset,${set.name}, type ${set.type}, load ${set.name}.ndjson, format ndjson, ` +
      `context_key ${CONTEXT_KEY}, value_key ${VALUE_KEY}${match};`;
    return [
      `alert ${header} (msg:"SHRIKE IOC ${what}"; flow:to_server; ${buffer}; ${dataset} ${ONCE_AN_HOUR} ${CLASS} ${ATTACK} ` +
        `sid:${firstSid + index}; rev:1;)`,
    ];
  });
}

function digestLine({ kind, source, fileName }: DigestList, sid: number): string {
  const message = ruleText(`SHRIKE IOC file (${kind} of ${source})`);
  const attack = "metadata:mitre_tactic_id TA0002, mitre_technique_id T1204.002;";
  return (
    `alert ip any any -> any any (msg:"${message}"; file${kind}:${fileName}; ${CLASS} ${attack} ` +
    `sid:${sid}; rev:1;)`
  );
}

function singleLines(indicator: MergedIndicator, store: IndicatorStore): readonly string[] {
  const { kind, value, sources, confidence, expiresMs } = indicator;
  if (kind !== "network" && kind !== "url") return [];
  const message = ruleText(`SHRIKE IOC ${kind} ${value} (${sources.join(", ")})`);
  const expires =
    expiresMs === null ? "" : `, expires ${new Date(expiresMs).toISOString().slice(0, 10)}`;
  const metadata = `metadata:confidence ${confidence}${expires}, mitre_tactic_id TA0011;`;
  const tail = `${ONCE_AN_HOUR} ${CLASS} ${metadata} sid:${store.sidOf(indicator)}; rev:1;)`;
  if (kind === "network") {
    return [`alert ip $HOME_NET any <> ${bracketed(value)} any (msg:"${message}"; ${tail}`];
  }
  const { hostname, pathname, search } = new URL(value);
  const host = `http.host; content:"${contentText(hostname)}"; startswith; endswith;`;
  const uri = `http.uri.raw; content:"${contentText(pathname + search)}"; startswith; endswith;`;
  return [
    `alert http any any -> any any (msg:"${message}"; flow:to_server; ${host} ${uri} ${tail}`,
  ];
}

function bracketed(network: string): string {
  return network.includes(":") ? `[${network}]` : network;
}

/** Text for a message: what has a meaning in rules with a backslash, nothing outside ASCII. */
function ruleText(text: string): string {
  return text
    .replace(/[^ -~]/g, "?")
    .replace(/["\\;:]/g, "\\$&")
    .slice(0, 300);
}

/** Text for a content: everything that is more than letters, digits and common signs in hex. */
function contentText(text: string): string {
  return text.replace(/[^A-Za-z0-9/._?=&%~+,@!*()-]/g, (character) => {
    const code = character.charCodeAt(0).toString(16).padStart(2, "0");
    return `|${code}|`;
  });
}
