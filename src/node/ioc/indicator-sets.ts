/**
 * The files with values that rules ask: sets with what is known of each value (one JSON object a line), lists of
 * digests for each source, and the reputation of addresses and networks.
 */
import { partsOf } from "./combination.ts";
import { singleDigests } from "./combined-rules.ts";
import type { MergedIndicator } from "./indicator-store.ts";

export interface OutputFile {
  readonly name: string;
  readonly text: string;
}

/** Kinds that are matched through a set, with the set's name and the type of its values. */
export const indicatorSets = [
  { kind: "address", name: "ioc-address", type: "ip" },
  { kind: "domain", name: "ioc-domain", type: "string" },
  { kind: "ja3", name: "ioc-ja3", type: "string" },
  { kind: "ja4", name: "ioc-ja4", type: "string" },
] as const;

export const digestKinds = ["md5", "sha1", "sha256"] as const;

/** Where the value stands in an object of a set, and what an alert calls the object. */
export const VALUE_KEY = "indicator";
export const CONTEXT_KEY = "ioc";
export const EXPIRES_KEY = "expires";

/** The category of `iprep` that all addresses and networks are in. */
const CATEGORY = 1;
const REPUTATION_LAST = 127;

export function setFiles(indicators: readonly MergedIndicator[]): readonly OutputFile[] {
  const files: OutputFile[] = [];
  for (const { kind, name } of indicatorSets) {
    const lines = indicators.filter((each) => each.kind === kind).map(setLine);
    if (lines.length > 0) files.push({ name: `${name}.ndjson`, text: lines.join("") });
  }
  return [...files, ...digestFiles(indicators), ...reputationFiles(indicators)];
}

function setLine({ kind, value, sources, confidence, expiresMs, description }: MergedIndicator) {
  const line = {
    [VALUE_KEY]: value,
    kind,
    source: sources.join(", "),
    confidence,
    ...(expiresMs === null ? {} : { [EXPIRES_KEY]: new Date(expiresMs).toISOString() }),
    ...(description === "" ? {} : { description: description.slice(0, 200) }),
  };
  return `${JSON.stringify(line)}\n`;
}

/** Digests of one algorithm, source (or group of sources) and expiry: the rule over the list names them. */
export interface DigestList {
  readonly kind: (typeof digestKinds)[number];
  readonly source: string;
  /** All values have the same; null: for good. */
  readonly expiresMs: number | null;
  readonly fileName: string;
  readonly values: readonly string[];
}

export function digestLists(indicators: readonly MergedIndicator[]): readonly DigestList[] {
  const lists: DigestList[] = [];
  for (const kind of digestKinds) {
    const groups = new Map<string, MergedIndicator[]>();
    for (const indicator of indicators) {
      if (indicator.kind !== kind) continue;
      const key = `${indicator.expiresMs} ${indicator.sources.join(", ")}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [indicator]);
      else group.push(indicator);
    }
    [...groups.values()].forEach((group, index) => {
      const [{ sources, expiresMs } = { sources: [], expiresMs: null }] = group;
      const fileName = `ioc-${kind}-${index + 1}.list`;
      const values = group.map(({ value }) => value);
      lists.push({ kind, source: sources.join(", "), expiresMs, fileName, values });
    });
  }
  return lists;
}

function digestFiles(indicators: readonly MergedIndicator[]): readonly OutputFile[] {
  const lists = digestLists(indicators).map(({ fileName, values }) => ({
    name: fileName,
    text: `${values.join("\n")}\n`,
  }));
  const single = indicators
    .filter(({ kind }) => kind === "combined")
    .flatMap(({ value }) => singleDigests(partsOf(value)))
    .map(({ fileName, value }) => ({ name: fileName, text: `${value}\n` }));
  return [...lists, ...single];
}

function reputationFiles(indicators: readonly MergedIndicator[]): readonly OutputFile[] {
  const lines = indicators
    .filter(({ kind }) => kind === "address" || kind === "network")
    .map(({ value, confidence }) => {
      const reputation = Math.max(1, Math.round((confidence / 100) * REPUTATION_LAST));
      return `${value},${CATEGORY},${reputation}\n`;
    });
  if (lines.length === 0) return [];
  const categories = `${CATEGORY},ioc,Indicators of compromise\n`;
  return [
    { name: "ioc-categories.txt", text: categories },
    { name: "ioc-reputation.list", text: lines.join("") },
  ];
}
