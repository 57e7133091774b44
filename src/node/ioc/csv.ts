/**
 * Feeds in CSV (RFC 4180, comments with `#`, also `;` and tab between fields). A head names the columns: value (or
 * indicator, ioc, ip, domain, url, hash ...), type, source, confidence, expires, description. Without one the
 * first field of a line is the value.
 */
import {
  type Feed,
  type FeedEntry,
  type FeedProblem,
  type IndicatorKind,
  indicatorKinds,
} from "./indicator.ts";

const columnNames = {
  value:
    "value indicator ioc ioc_value observable ip ip_address dst_ip address domain host hostname url hash md5 sha1 sha256 md5_hash sha1_hash sha256_hash ja3 ja3_md5 ja4 fingerprint",
  type: "type kind indicator_type ioc_type",
  source: "source feed provider reporter organisation organization",
  confidence: "confidence confidence_level score",
  expires: "expires expiry expiration valid_until",
  description: "description comment name malware threat listingreason note",
} as const;
type Column = keyof typeof columnNames;

const typeNames: ReadonlyMap<string, IndicatorKind | null> = new Map<string, IndicatorKind | null>([
  ...indicatorKinds.map((kind) => [kind, kind] as const),
  ["ip", null],
  ["ipv4", null],
  ["ipv6", null],
  ["ip:port", null],
  ["cidr", "network"],
  ["host", "domain"],
  ["hostname", "domain"],
  ["fqdn", "domain"],
  ["uri", "url"],
  ["md5_hash", "md5"],
  ["sha1_hash", "sha1"],
  ["sha256_hash", "sha256"],
]);

/** Tells whether the first line that is no comment names columns. */
export function hasCsvHead(text: string): boolean {
  const line = text.split(/\r?\n/).find((each) => each.trim() !== "" && !each.startsWith("#"));
  return line !== undefined && columnsOf(splitLine(line, separatorOf(line))) !== null;
}

export function readCsv(text: string): Feed {
  const entries: FeedEntry[] = [];
  const problems: FeedProblem[] = [];
  let columns: ReadonlyMap<Column, number> | null = null;
  let separator = "";
  text.split(/\r?\n/).forEach((line, index) => {
    if (line.trim() === "" || line.startsWith("#")) return;
    if (columns === null) {
      separator = separatorOf(line);
      columns = columnsOf(splitLine(line, separator));
      if (columns !== null) return;
      columns = new Map([["value", 0]]);
    }
    const place = `line ${index + 1}`;
    const entry = entryOf(splitLine(line, separator), columns, place);
    if (typeof entry === "string") problems.push({ place, message: entry });
    else entries.push(entry);
  });
  return { entries, problems };
}

function entryOf(
  fields: readonly string[],
  columns: ReadonlyMap<Column, number>,
  place: string,
): FeedEntry | string {
  const field = (column: Column): string => {
    const index = columns.get(column);
    return index === undefined ? "" : (fields[index] ?? "").trim();
  };
  const type = field("type").toLowerCase();
  const kind = type === "" ? null : typeNames.get(type);
  if (kind === undefined) return `the type "${type}" is not known`;
  const confidence = Number(field("confidence").replace(/%$/, ""));
  const expires = field("expires");
  const expiresMs = expires === "" ? null : Date.parse(expires);
  if (Number.isNaN(expiresMs)) return `"${expires}" is no date`;
  const value = field("value");
  const port = type === "ip:port" ? /^(.*):(\d+)$/.exec(value) : null;
  const [, address = "", number = ""] = port ?? [];
  return {
    text: value,
    ...(port === null
      ? {}
      : {
          parts: [
            { text: address, kind: null },
            { text: number, kind: "port" as const },
          ],
        }),
    kind,
    source: field("source") || null,
    confidence: field("confidence") === "" || Number.isNaN(confidence) ? null : confidence,
    expiresMs,
    description: field("description"),
    place,
  };
}

/** Place of each column, or null where no field names one that holds values. */
function columnsOf(names: readonly string[]): ReadonlyMap<Column, number> | null {
  const found = new Map<Column, number>();
  names.forEach((name, index) => {
    const wanted = name.trim().toLowerCase().replaceAll(" ", "_");
    for (const [column, known] of Object.entries(columnNames)) {
      // The keys are those of columnNames.
      const key = column as Column;
      if (!found.has(key) && known.split(" ").includes(wanted)) found.set(key, index);
    }
  });
  return found.has("value") ? found : null;
}

function separatorOf(line: string): string {
  if (line.includes("\t")) return "\t";
  return !line.includes(",") && line.includes(";") ? ";" : ",";
}

function splitLine(line: string, separator: string): string[] {
  const fields: string[] = [];
  let field = "";
  let isQuoted = false;
  for (let at = 0; at < line.length; at++) {
    const character = line[at] ?? "";
    if (isQuoted && character === '"' && line[at + 1] === '"') {
      field += '"';
      at++;
    } else if (character === '"' && (isQuoted || field.trim() === "")) {
      isQuoted = !isQuoted;
      if (isQuoted) field = "";
    } else if (character === separator && !isQuoted) {
      fields.push(field);
      field = "";
    } else field += character;
  }
  fields.push(field);
  return fields;
}
