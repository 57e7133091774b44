/**
 * MISP JSON: one event, `{"Event": ...}`, or a response with several; attributes by themselves and in objects. Leaves
 * out what is not meant for detection (to_ids) and deleted attributes. The organisation is the source, the
 * event's title the description; tags of the confidence-level taxonomy give the confidence.
 */
import type { FeedPart, PartKind } from "./combination.ts";
import { type Feed, type FeedEntry, type FeedProblem, indicatorKinds } from "./indicator.ts";
import { isRecord, recordsOf, textOf } from "./json-fields.ts";

/**
 * By type of attribute; the parts between "|" of composite ones. Null: the value tells. A name of a file is skipped beside
 * its digest, which says all; a domain and its address are an indicator each, as in MISP's own exports.
 */
const types: Readonly<Record<string, readonly (PartKind | "skip" | null)[]>> = {
  "ip-src": [null],
  "ip-dst": [null],
  "ip-src|port": [null, "port"],
  "ip-dst|port": [null, "port"],
  domain: ["domain"],
  hostname: ["domain"],
  "hostname|port": ["domain", "port"],
  "domain|ip": ["domain", null],
  url: ["url"],
  uri: ["url"],
  md5: ["md5"],
  sha1: ["sha1"],
  sha256: ["sha256"],
  "filename|md5": ["skip", "md5"],
  "filename|sha1": ["skip", "sha1"],
  "filename|sha256": ["skip", "sha256"],
  "ja3-fingerprint-md5": ["ja3"],
  "ja4-fingerprint": ["ja4"],
  ja4: ["ja4"],
};

const confidenceTags: ReadonlyMap<string, number> = new Map([
  ["completely-confident", 100],
  ["usually-confident", 75],
  ["fairly-confident", 50],
  ["rarely-confident", 25],
  ["unconfident", 0],
]);

export function readMisp(document: unknown): Feed {
  const entries: FeedEntry[] = [];
  const problems: FeedProblem[] = [];
  for (const event of eventsOf(document)) {
    const source = isRecord(event["Orgc"]) ? textOf(event["Orgc"]["name"]) : "";
    const shared = { source: source || null, title: textOf(event["info"]), tags: event["Tag"] };
    const objects = recordsOf(event["Object"]).filter(({ deleted }) => deleted !== true);
    const attributes = [
      ...recordsOf(event["Attribute"]),
      ...objects.flatMap((object) => recordsOf(object["Attribute"])),
    ];
    for (const attribute of attributes) readAttribute(attribute, shared, entries, problems);
  }
  return { entries, problems };
}

function eventsOf(document: unknown): readonly Record<string, unknown>[] {
  if (Array.isArray(document)) return document.flatMap(eventsOf);
  if (!isRecord(document)) return [];
  if (isRecord(document["Event"])) return [document["Event"]];
  return document["response"] === undefined ? [document] : eventsOf(document["response"]);
}

function readAttribute(
  attribute: Record<string, unknown>,
  event: { readonly source: string | null; readonly title: string; readonly tags: unknown },
  entries: FeedEntry[],
  problems: FeedProblem[],
): void {
  const type = textOf(attribute["type"]);
  if (attribute["to_ids"] !== true || attribute["deleted"] === true) return;
  const place = `attribute ${textOf(attribute["uuid"]) || textOf(attribute["value"]).slice(0, 40)}`;
  const kinds = types[type];
  if (kinds === undefined) {
    problems.push({ place, message: `attributes of type "${type}" cannot be matched` });
    return;
  }
  const value = textOf(attribute["value"]);
  const last = Date.parse(textOf(attribute["last_seen_until"]) || textOf(attribute["expiry"]));
  const shared = {
    source: event.source,
    confidence: confidenceOf(attribute["Tag"]) ?? confidenceOf(event.tags),
    expiresMs: Number.isNaN(last) ? null : last,
    description: textOf(attribute["comment"]) || event.title,
    place,
  };
  const texts = value.split("|");
  const parts = kinds.flatMap((kind, index): FeedPart[] =>
    kind === "skip" ? [] : [{ text: texts[index] ?? "", kind }],
  );
  if (kinds.includes("port")) {
    entries.push({ ...shared, text: value, kind: null, parts });
    return;
  }
  for (const { text, kind } of parts) {
    const known = indicatorKinds.find((each) => each === kind) ?? null;
    entries.push({ ...shared, text, kind: known });
  }
}

function confidenceOf(tags: unknown): number | null {
  for (const tag of recordsOf(tags)) {
    const level = /^misp:confidence-level="([a-z-]+)"$/.exec(textOf(tag["name"]))?.[1];
    const value = level === undefined ? undefined : confidenceTags.get(level);
    if (value !== undefined) return value;
  }
  return null;
}
