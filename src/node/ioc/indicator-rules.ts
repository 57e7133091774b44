/**
 * Rules over indicators: a few that ask the sets, one for each list of digests, one for each network and URL, one for each
 * protocol of what must be seen together. Each alert names the indicator and its source: the sets' context does, or the
 * message. What has expired by packet time does not match.
 */
import { partsOf } from "./combination.ts";
import { COMBINED_RULES_MAX, combinedRules, urlOptions } from "./combined-rules.ts";
import {
  CONTEXT_KEY,
  type DigestList,
  digestLists,
  EXPIRES_KEY,
  indicatorSets,
  type OutputFile,
  VALUE_KEY,
} from "./indicator-sets.ts";
import type { IndicatorStore, MergedIndicator } from "./indicator-store.ts";
import { bracketed, ruleText, validUntil } from "./rule-text.ts";

/** Numbers from the first on that rules over sets have; the others come behind. */
export const SET_RULE_SIDS = 100;

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
    ...digestLists(indicators).map((list) => digestLine(list, store)),
    ...indicators.flatMap((indicator) => singleLines(indicator, store)),
    ...indicators.flatMap((indicator) => combinedLines(indicator, store)),
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
      `context_key ${CONTEXT_KEY}, value_key ${VALUE_KEY}, expires_key ${EXPIRES_KEY}${match};`;
    return [
      `alert ${header} (msg:"SHRIKE IOC ${what}"; flow:to_server; ${buffer}; ${dataset} ${ONCE_AN_HOUR} ${CLASS} ${ATTACK} ` +
        `sid:${firstSid + index}; rev:1;)`,
    ];
  });
}

function digestLine(list: DigestList, store: IndicatorStore): string {
  const { kind, source, expiresMs, fileName } = list;
  const message = ruleText(`SHRIKE IOC file (${kind} of ${source})`);
  const attack = "metadata:mitre_tactic_id TA0002, mitre_technique_id T1204.002;";
  const sid = store.sidOf({ kind, value: `list of ${source} until ${expiresMs}` });
  return (
    `alert ip any any -> any any (msg:"${message}"; file${kind}:${fileName}; ` +
    `${validUntil(expiresMs)}${CLASS} ${attack} sid:${sid}; rev:1;)`
  );
}

function singleLines(indicator: MergedIndicator, store: IndicatorStore): readonly string[] {
  const { kind, value } = indicator;
  if (kind !== "network" && kind !== "url") return [];
  const message = `msg:"${ruleText(`SHRIKE IOC ${kind} ${value} (${sourcesOf(indicator)})`)}";`;
  const tail = tailOf(indicator, store.sidOf(indicator));
  if (kind === "network") {
    return [`alert ip $HOME_NET any <> ${bracketed(value)} any (${message} ${tail}`];
  }
  return [`alert http any any -> any any (${message} flow:to_server; ${urlOptions(value)}${tail}`];
}

function combinedLines(indicator: MergedIndicator, store: IndicatorStore): readonly string[] {
  const { kind, value } = indicator;
  const rules = kind === "combined" ? combinedRules(partsOf(value)) : [];
  // Parts that no rule can ask for together were left out at the import.
  if (typeof rules === "string" || rules.length === 0) return [];
  const message = `msg:"${ruleText(`SHRIKE IOC ${value} (${sourcesOf(indicator)})`)}";`;
  const sid = store.sidOf(indicator, COMBINED_RULES_MAX);
  return rules.map(
    ({ header, options }, index) =>
      `alert ${header} (${message} ${options}${tailOf(indicator, sid + index)}`,
  );
}

function sourcesOf({ sources }: MergedIndicator): string {
  return sources.join(", ");
}

/** What ends the rule of one indicator. */
function tailOf({ confidence, expiresMs }: MergedIndicator, sid: number): string {
  const expires =
    expiresMs === null ? "" : `, expires ${new Date(expiresMs).toISOString().slice(0, 10)}`;
  const metadata = `metadata:confidence ${confidence}${expires}, mitre_tactic_id TA0011;`;
  return `${validUntil(expiresMs)}${ONCE_AN_HOUR} ${CLASS} ${metadata} sid:${sid}; rev:1;)`;
}
