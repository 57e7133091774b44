/**
 * STIX 2.1 bundles: objects of type indicator with a STIX pattern. Takes valid_until, confidence, name and the
 * identity that made it; leaves out what is revoked, patterns of other languages and observed data.
 */
import type { Feed, FeedEntry, FeedProblem, IndicatorKind } from "./indicator.ts";
import { isRecord, textOf } from "./json-fields.ts";
import { readStixPattern, type StixComparison } from "./stix-pattern.ts";

const EQUALS: ReadonlySet<string> = new Set(["=", "IN", "ISSUBSET"]);

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
  const comparisons = readStixPattern(textOf(object["pattern"]));
  if (comparisons === null) {
    problems.push({ place, message: "its pattern cannot be read" });
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
  let taken = 0;
  for (const comparison of comparisons) {
    const kind = kindOf(comparison);
    if (kind === undefined) continue;
    for (const text of comparison.values) entries.push({ ...shared, text, kind });
    taken += comparison.values.length;
  }
  if (taken === 0) problems.push({ place, message: "nothing in its pattern can be matched" });
}

/** The kind; null where the value tells it (networks in addresses); undefined for what is not supported. */
function kindOf({ path, operator, isNegated }: StixComparison): IndicatorKind | null | undefined {
  if (isNegated || !EQUALS.has(operator)) return undefined;
  if (/^ipv[46]-addr:value$/.test(path) || /^network-traffic:dst_ref\.value$/.test(path))
    return null;
  if (path === "domain-name:value") return "domain";
  if (path === "url:value") return "url";
  if (path.includes("hashes.")) return digestKind(path);
  if (/ja3/i.test(path)) return "ja3";
  return /ja4/i.test(path) ? "ja4" : undefined;
}

function digestKind(path: string): IndicatorKind | undefined {
  const name = path
    .slice(path.lastIndexOf("hashes.") + 7)
    .replace(/['-]/g, "")
    .toLowerCase();
  return name === "md5" || name === "sha1" || name === "sha256" ? name : undefined;
}
