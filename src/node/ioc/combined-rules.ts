/**
 * Rules over indicators of several parts: header and options that ask for all parts at once, in each protocol where they
 * can be seen together; or the reason why there is no such rule.
 */
import type { IndicatorPart, PartKind } from "./combination.ts";
import { bracketed, contentText } from "./rule-text.ts";

export interface CombinedRule {
  readonly header: string;
  readonly options: string;
}

/** A digest of a file, in a list of its own. */
export interface SingleDigest {
  readonly fileName: string;
  readonly value: string;
}

/** Numbers that the rules of one indicator may need. */
export const COMBINED_RULES_MAX = 3;

const digestKinds = ["md5", "sha1", "sha256"] as const;
const transports = ["tcp", "udp", "icmp"] as const;
const applications: ReadonlyMap<string, string> = new Map([
  ["http", "http"],
  ["https", "tls"],
  ["tls", "tls"],
  ["ssl", "tls"],
  ["dns", "dns"],
  ["smtp", "smtp"],
  ["ftp", "ftp"],
  ["ssh", "ssh"],
  ["smb", "smb"],
]);
/** Protocols that carry files, as headers name what carries them. */
const fileCarriers: ReadonlyMap<string, string> = new Map([
  ["http", "http"],
  ["smtp", "smtp"],
  ["smb", "smb"],
  ["ftp", "ftp-data"],
]);
const nameBuffers: ReadonlyMap<string, string> = new Map([
  ["dns", "dns.query"],
  ["tls", "tls.sni"],
  ["http", "http.host"],
]);

export function combinedRules(parts: readonly IndicatorPart[]): readonly CombinedRule[] | string {
  const protocols = protocolsOf(parts);
  if (typeof protocols === "string") return protocols;
  const ends = endsOf(parts);
  if (typeof ends === "string") return ends;
  return protocols.map((protocol) => {
    // A file goes either way; without a direction of its own a rule asks for both.
    const isToServer = isOfNames(parts) && !ends.ends.includes("<>");
    const toServer = isToServer ? "flow:to_server; " : "";
    return { header: `${protocol} ${ends.ends}`, options: toServer + optionsOf(parts, protocol) };
  });
}

/** The list files that these rules name. */
export function singleDigests(parts: readonly IndicatorPart[]): readonly SingleDigest[] {
  return parts.flatMap(({ kind, value }) =>
    isDigest(kind) ? [{ fileName: digestFile(value), value }] : [],
  );
}

function isDigest(kind: PartKind): boolean {
  return digestKinds.some((each) => each === kind);
}

function firstOf(parts: readonly IndicatorPart[], kind: PartKind): string | null {
  return parts.find((part) => part.kind === kind)?.value ?? null;
}

/** What the headers begin with: protocols in which all parts can be seen. */
function protocolsOf(parts: readonly IndicatorPart[]): readonly string[] | string {
  const has = (...kinds: PartKind[]): boolean => parts.some(({ kind }) => kinds.includes(kind));
  const isOfFile = has("file-name", ...digestKinds);
  const isOfTls = has("ja3", "ja4");
  if (isOfFile && (isOfTls || has("url", "domain"))) {
    return "a file and a name are not in the same direction of a connection";
  }
  if (isOfTls && has("url")) return "a URL is seen in HTTP, a fingerprint in TLS";
  if (has("url") && has("domain")) return "the URL is not of the domain";
  if (has("url")) return narrowed(["http"], parts, isOfFile);
  if (isOfTls) return narrowed(["tls"], parts, isOfFile);
  const asked = has("domain") ? [...nameBuffers.keys()] : [];
  return narrowed(asked, parts, isOfFile);
}

/** With what the parts say of protocols. */
function narrowed(
  asked: readonly string[],
  parts: readonly IndicatorPart[],
  isOfFile: boolean,
): readonly string[] | string {
  const named = parts.filter(({ kind }) => kind === "protocol").map(({ value }) => value);
  const words = named.filter((name) => !/^(?:ip|ipv4|ipv6)$/.test(name));
  const unknown = words.find((name) => !applications.has(name) && !isTransport(name));
  if (unknown !== undefined) return `the protocol "${unknown}" is not known here`;
  const transport = [...new Set(words.filter(isTransport))];
  const application = [...new Set(words.flatMap((name) => applications.get(name) ?? []))];
  if (transport.length > 1 || application.length > 1) return "nothing has two such protocols";
  const [carrier] = transport;
  const [spoken] = application;
  if (isOfFile) return fileProtocols(parts, carrier, spoken);
  if (asked.length > 0) {
    const left = asked.filter(
      (name) => (spoken === undefined || name === spoken) && isCarried(name, carrier),
    );
    return left.length > 0 ? left : `it is not seen in ${words.join(" over ")}`;
  }
  if (spoken !== undefined) {
    return isCarried(spoken, carrier) ? [spoken] : `there is no ${words.join(" over ")}`;
  }
  if (carrier !== undefined) return [carrier];
  return hasPort(parts) ? ["tcp", "udp"] : ["ip"];
}

/** A file is in the stream of a connection. */
function fileProtocols(
  parts: readonly IndicatorPart[],
  transport: string | undefined,
  application: string | undefined,
): readonly string[] | string {
  if (transport !== undefined && transport !== "tcp") return `no file is seen in ${transport}`;
  if (application !== undefined) {
    const carrier = fileCarriers.get(application);
    return carrier === undefined ? `no file is seen in ${application}` : [carrier];
  }
  return transport !== undefined || hasPort(parts) ? ["tcp"] : ["ip"];
}

function hasPort(parts: readonly IndicatorPart[]): boolean {
  return parts.some(({ kind }) => kind === "port" || kind === "source-port");
}

function isTransport(name: string): boolean {
  return transports.some((each) => each === name);
}

/** DNS is mostly carried by UDP, and a rule cannot ask for that of TCP alone. */
function isCarried(application: string, transport: string | undefined): boolean {
  if (transport === undefined) return true;
  return application === "dns" ? transport === "udp" : transport === "tcp";
}

/** Addresses and ports of a header. */
function endsOf(parts: readonly IndicatorPart[]): { readonly ends: string } | string {
  const either = parts
    .filter(({ kind }) => kind === "address" || kind === "network")
    .map(({ value }) => value);
  const [source, destination] = [firstOf(parts, "source"), firstOf(parts, "destination")];
  const [port, sourcePort] = [firstOf(parts, "port"), firstOf(parts, "source-port")];
  if (sourcePort !== null && source === null && either.length > 0) {
    return "it is not said which address the source port is of";
  }
  if (port !== null && destination === null && either.length > 1) {
    return "it is not said which address the port is of";
  }
  const isOpen = source === null && destination === null;
  if (
    either.length + (isOpen ? 0 : 1) > 2 ||
    (source !== null && destination !== null && either.length > 0)
  ) {
    return "a connection has two addresses";
  }
  const [first, second] = either;
  if (isOpen && second !== undefined) return { ends: `${end(first)} any <> ${end(second)} any` };
  const hasDirection = !isOpen || port !== null || sourcePort !== null || isOfNames(parts);
  if (!hasDirection) return { ends: `any any <> ${end(first)} any` };
  // The one address is where the source goes, or where the destination's traffic comes from.
  const from = source ?? (destination === null ? undefined : first);
  const to = destination ?? first;
  return { ends: `${end(from)} ${sourcePort ?? "any"} -> ${end(to)} ${port ?? "any"}` };
}

function end(address: string | undefined): string {
  return address === undefined ? "any" : bracketed(address);
}

/** Names and fingerprints are what a client says to a server. */
function isOfNames(parts: readonly IndicatorPart[]): boolean {
  return parts.some(({ kind }) => ["url", "domain", "ja3", "ja4"].includes(kind));
}

function optionsOf(parts: readonly IndicatorPart[], protocol: string): string {
  return parts.map((part) => optionOf(part, protocol)).join("");
}

/** What a part asks beside the header. */
function optionOf({ kind, value }: IndicatorPart, protocol: string): string {
  const whole = `content:"${contentText(value)}"; startswith; endswith; `;
  switch (kind) {
    case "url":
      return urlOptions(value);
    case "domain": {
      // The host of HTTP is in lower case already.
      const anyCase = protocol === "http" ? "" : "nocase; ";
      return `${nameBuffers.get(protocol) ?? ""}; dotprefix; content:".${contentText(value)}"; ${anyCase}endswith; `;
    }
    case "ja3":
    case "ja4":
      return `${kind}.hash; ${whole}`;
    case "file-name":
      return fileNameOptions(value);
    case "md5":
    case "sha1":
    case "sha256":
      return `file${kind}:${digestFile(value)}; `;
    default:
      return "";
  }
}

/** The name of a file comes with its path where the protocol has one. */
function fileNameOptions(name: string): string {
  const escaped = [...new TextEncoder().encode(name)].map((code) => {
    const character = String.fromCharCode(code);
    return /[A-Za-z0-9_-]/.test(character) ? character : `\\x${code.toString(16).padStart(2, "0")}`;
  });
  const last = `pcre:"/(?:^|[\\x2f\\x5c])${escaped.join("")}$/"; `;
  return `file.name; content:"${contentText(name)}"; endswith; ${last}`;
}

export function urlOptions(url: string): string {
  const { hostname, pathname, search } = new URL(url);
  const host = `http.host; content:"${contentText(hostname)}"; startswith; endswith; `;
  return `${host}http.uri.raw; content:"${contentText(pathname + search)}"; startswith; endswith; `;
}

function digestFile(value: string): string {
  return `ioc-one-${value}.list`;
}
