/**
 * STIX 2.1 bundles: objects of type indicator with a STIX pattern. Each alternative of the pattern is an indicator, of
 * one value or of several that must be seen together. Takes valid_until, confidence, name and the identity that made it;
 * leaves out what is revoked, patterns of other languages and observed data.
 */

import type { FeedPart, PartKind } from "./combination.ts";
import type { Feed, FeedEntry, FeedProblem } from "./indicator.ts";
import { isRecord, textOf } from "./json-fields.ts";
import { readStixPattern, type StixAlternative, type StixComparison } from "./stix-pattern.ts";

/** Characters of a pattern that a problem shows. */
const SHOWN_MAX = 160;

export function readStix(bundle: Record<string, unknown>): Feed {
  const entries: FeedEntry[] = [];
  const problems: FeedProblem[] = [];
  const objects = (Array.isArray(bundle["objects"]) ? bundle["objects"] : []).filter(isRecord);
  const makers = new Map(
    objects
      .filter(({ type }) => type === "identity")
      .map((identity) => [textOf(identity["id"]), textOf(identity["name"])] as const),
  );
  for (const object of objects) {
    if (object["type"] !== "indicator" || object["revoked"] === true) continue;
    const place = textOf(object["id"]) || "indicator";
    const source = makers.get(textOf(object["created_by_ref"])) || null;
    readIndicator(object, place, source, entries, problems);
  }
  return { entries, problems };
}

function readIndicator(
  object: Record<string, unknown>,
  place: string,
  source: string | null,
  entries: FeedEntry[],
  problems: FeedProblem[],
): void {
  const language = textOf(object["pattern_type"]) || "stix";
  if (language !== "stix") {
    problems.push({ place, message: `patterns of "${language}" are not read` });
    return;
  }
  const pattern = textOf(object["pattern"]);
  const reading = readStixPattern(pattern);
  if (reading === null) {
    problems.push({ place, message: `its pattern cannot be read: ${shown(pattern)}` });
    return;
  }
  const until = Date.parse(textOf(object["valid_until"]));
  const { confidence } = object;
  const shared = {
    source,
    confidence: typeof confidence === "number" ? confidence : null,
    expiresMs: Number.isNaN(until) ? null : until,
    description: textOf(object["name"]) || textOf(object["description"]),
    place,
  };
  for (const problem of reading.problems) {
    problems.push({ place, message: `${shown(pattern)}: ${problem}` });
  }
  for (const alternative of reading.alternatives) {
    const parts = partsOf(alternative);
    if (typeof parts === "string") {
      problems.push({ place, message: `${written(alternative)}: ${parts}` });
      continue;
    }
    entries.push({ ...shared, text: written(alternative), kind: null, parts });
  }
}

/** What the comparisons of one observation ask for, or which of them cannot be asked for. */
function partsOf(alternative: StixAlternative): readonly FeedPart[] | string {
  const parts: FeedPart[] = [];
  for (const comparison of alternative) {
    const { path, operator, isNegated, values } = comparison;
    const kind = kindOf(path);
    if (kind === undefined) return `"${path}" cannot be matched`;
    const isSubset = operator === "ISSUBSET" && isAddressPath(path);
    if (isNegated || (operator !== "=" && operator !== "IN" && !isSubset)) {
      return `"${isNegated ? "NOT " : ""}${operator}" cannot be matched`;
    }
    for (const text of values) parts.push({ text, kind });
  }
  return parts;
}

function shown(pattern: string): string {
  return pattern.length > SHOWN_MAX ? `${pattern.slice(0, SHOWN_MAX)}…` : pattern;
}

/** An alternative as a pattern. */
function written(alternative: StixAlternative): string {
  return shown(`[${alternative.map(comparisonText).join(" AND ")}]`);
}

function comparisonText({ path, operator, isNegated, values }: StixComparison): string {
  const not = isNegated ? "NOT " : "";
  const list = values.map((value) => `'${value}'`).join(", ");
  if (operator === "EXISTS") return `${not}EXISTS ${path}`;
  return `${path} ${not}${operator} ${values.length === 1 ? list : `(${list})`}`;
}

const addressPaths: ReadonlyMap<string, PartKind | null> = new Map<string, PartKind | null>([
  ["ipv4-addr:value", null],
  ["ipv6-addr:value", null],
  ["network-traffic:dst_ref.value", "destination"],
  ["network-traffic:src_ref.value", "source"],
]);

const paths: ReadonlyMap<string, PartKind | null> = new Map<string, PartKind | null>([
  ...addressPaths,
  ["network-traffic:dst_port", "port"],
  ["network-traffic:src_port", "source-port"],
  ["domain-name:value", "domain"],
  ["url:value", "url"],
  ["file:name", "file-name"],
]);

function isAddressPath(path: string): boolean {
  return addressPaths.has(path);
}

/** The kind; null where the value tells it (networks in addresses); undefined for what is not supported. */
function kindOf(path: string): PartKind | null | undefined {
  const known = paths.get(path);
  if (known !== undefined) return known;
  if (/^network-traffic:protocols(?:\[[*\d]+\])?$/.test(path)) return "protocol";
  if (/^file:(?:content_ref\.)?hashes\./.test(path) || /^artifact:hashes\./.test(path)) {
    return digestKind(path);
  }
  // Those of servers (ja3s, ja4s) and of other protocols are something else.
  if (/ja3(?!s)/i.test(path)) return "ja3";
  return /ja4(?![a-z])/i.test(path) ? "ja4" : undefined;
}

function digestKind(path: string): PartKind | undefined {
  const name = path
    .slice(path.lastIndexOf("hashes.") + 7)
    .replace(/['-]/g, "")
    .toLowerCase();
  return name === "md5" || name === "sha1" || name === "sha256" ? name : undefined;
}
