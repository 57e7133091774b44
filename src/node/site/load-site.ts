/**
 * site.yaml to a Site: its sections and what may stand in them. All problems of the file are found at once; a site
 * with errors is not used.
 */
import fs from "node:fs";
import {
  type AllowedDestination,
  type ApprovedService,
  type Holidays,
  Site,
  type SiteHost,
  type SiteNetwork,
} from "../../core/anomaly/site.ts";
import { utcZone } from "../../core/anomaly/zone-time.ts";
import type { Diagnostic } from "../../core/rule/diagnostic.ts";
import { PortSet } from "../../core/rule/port-set.ts";
import { FileError } from "../errors.ts";
import { SiteDocument, type SitePart } from "./site-document.ts";
import {
  type AddressNames,
  readAddresses,
  readDate,
  readHours,
  readPorts,
  readZoneName,
  words,
} from "./site-values.ts";

/** The keys of the file, in the order of its manual. */
export const sections = [
  "home-networks",
  "zone",
  "business-hours",
  "holidays",
  "hosts",
  "services",
  "allowed-destinations",
  "allowed-domains",
] as const;

const transports: ReadonlyMap<string, number> = new Map([
  ["any", 0],
  ["tcp", 6],
  ["udp", 17],
]);

export interface LoadedSite {
  /** Null when the file has errors. */
  readonly site: Site | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** Throws FileError when the file cannot be read. */
export function loadSite(file: string): LoadedSite {
  let text: string;
  try {
    text = fs.readFileSync(file, "utf8");
  } catch (cause) {
    throw new FileError(`cannot read "${file}"`, { cause });
  }
  return parseSite(file, text);
}

/** @param file name for diagnostics. */
export function parseSite(file: string, text: string): LoadedSite {
  const document = new SiteDocument(file, text);
  const { root, diagnostics } = document;
  if (root === null || root.isEmpty) {
    return { site: diagnostics.length === 0 ? new Site() : null, diagnostics };
  }
  const parts = root.entries(sections);
  const hosts = readEach(parts.get("hosts"), readHosts);
  const names = addressNames(hosts);
  const hours = parts.get("business-hours");
  const zone = parts.get("zone");
  const site = new Site({
    networks: readEach(parts.get("home-networks"), readNetworks),
    zone: (zone === undefined ? null : readZoneName(zone)) ?? utcZone,
    businessHours: hours === undefined ? null : readHours(hours),
    holidays: readHolidays(parts.get("holidays")),
    hosts,
    services: readEach(parts.get("services"), (part) => readServices(part, names)),
    allowedDestinations: readEach(parts.get("allowed-destinations"), (part) =>
      readDestinations(part, names),
    ),
    allowedDomains: readDomains(parts.get("allowed-domains")),
  });
  return { site: diagnostics.length === 0 ? site : null, diagnostics };
}

function readEach<Item>(
  part: SitePart | undefined,
  read: (part: SitePart) => readonly Item[],
): readonly Item[] {
  return part === undefined ? [] : read(part);
}

/** A map of names to addresses, or a list that is one network by the name `home`. */
function readNetworks(part: SitePart): readonly SiteNetwork[] {
  if (!part.isMap) {
    const named = readAddresses(part);
    return named === null ? [] : [{ name: "home", ...named }];
  }
  return [...part.entries()].flatMap(([name, item]) => {
    const named = readAddresses(item);
    return named === null ? [] : [{ name, ...named }];
  });
}

function readHosts(part: SitePart): readonly SiteHost[] {
  return [...part.entries()].flatMap(([name, item]) => {
    const host = readHost(name, item);
    return host === null ? [] : [host];
  });
}

/** Addresses alone, or a map with `addresses` and `roles`. */
function readHost(name: string, part: SitePart): SiteHost | null {
  if (!part.isMap) {
    const named = readAddresses(part);
    return named === null ? null : { name, ...named, roles: [] };
  }
  const fields = part.entries(["addresses", "roles"]);
  const addresses = required(part, fields, "addresses");
  const named = addresses === null ? null : readAddresses(addresses);
  const roles = fields.get("roles")?.items() ?? [];
  const roleNames = roles.flatMap((item) => readRoles(item));
  return named === null ? null : { name, ...named, roles: roleNames };
}

function readRoles(item: SitePart): readonly string[] {
  const text = item.text();
  if (text === null) return [];
  return words(text).flatMap(({ word, offset }) => {
    const role = word.toLowerCase();
    if (/^[a-z][a-z0-9-]*$/.test(role)) return [role];
    const hint = "write letters, digits and hyphens, as file-server";
    item.fail("bad-name", `"${word}" is not a role`, { offset, length: word.length, hint });
    return [];
  });
}

/** Names of hosts, and roles, with the addresses behind them. */
function addressNames(hosts: readonly SiteHost[]): AddressNames {
  const names = new Map<string, string>();
  for (const { name, text } of hosts) names.set(name.toLowerCase(), text);
  for (const role of new Set(hosts.flatMap(({ roles }) => roles))) {
    const texts = hosts.filter(({ roles }) => roles.includes(role)).map(({ text }) => text);
    if (!names.has(role)) names.set(role, `[${texts.map((text) => text.slice(1, -1)).join(",")}]`);
  }
  return names;
}

function readServices(part: SitePart, names: AddressNames): readonly ApprovedService[] {
  return part.items().flatMap((item) => {
    const fields = item.entries(["protocol", "ports", "transport", "hosts"]);
    const protocol = required(item, fields, "protocol")?.text() ?? null;
    const portsPart = required(item, fields, "ports");
    const ports = portsPart === null ? null : readPorts(portsPart);
    const transport = readTransport(fields.get("transport"));
    const hostsPart = fields.get("hosts");
    const hosts = hostsPart === undefined ? null : readAddresses(hostsPart, names);
    if (protocol === null || ports === null || transport === null) return [];
    const addresses = hosts?.addresses ?? null;
    return [{ protocol: protocol.toLowerCase(), ports, transport, hosts: addresses }];
  });
}

function readTransport(part: SitePart | undefined): number | null {
  if (part === undefined) return 0;
  const text = part.text();
  if (text === null) return null;
  const number = transports.get(text.toLowerCase());
  if (number !== undefined) return number;
  return part.fail("unknown-value", `unknown transport "${text}"`, {
    hint: "write tcp, udp or any",
  });
}

function readDestinations(part: SitePart, names: AddressNames): readonly AllowedDestination[] {
  return part.items().flatMap((item) => {
    if (!item.isMap) return destination(item, null, names);
    const fields = item.entries(["addresses", "ports"]);
    const addresses = required(item, fields, "addresses");
    return addresses === null ? [] : destination(addresses, fields.get("ports") ?? null, names);
  });
}

function destination(
  addresses: SitePart,
  portsPart: SitePart | null,
  names: AddressNames,
): readonly AllowedDestination[] {
  const named = readAddresses(addresses, names);
  const ports = portsPart === null ? new PortSet(true, new Uint16Array()) : readPorts(portsPart);
  return named === null || ports === null ? [] : [{ addresses: named.addresses, ports }];
}

function readDomains(part: SitePart | undefined): ReadonlySet<string> {
  const domains = new Set<string>();
  for (const item of part?.items() ?? []) {
    const text = item.text();
    for (const { word, offset } of words(text ?? "")) {
      const domain = word.toLowerCase().replace(/^\*?\.|\.$/g, "");
      if (/^[\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)*$/u.test(domain)) domains.add(domain);
      else {
        const place = { offset, length: word.length, hint: "write example.com" };
        item.fail("bad-name", `"${word}" is not a domain`, place);
      }
    }
  }
  return domains;
}

function readHolidays(part: SitePart | undefined): Holidays {
  const days = new Set<number>();
  const yearly = new Set<number>();
  for (const item of part?.items() ?? []) {
    const date = readDate(item);
    if (date === null) continue;
    (date.isYearly ? yearly : days).add(date.day);
  }
  return { days, yearly };
}

function required(
  part: SitePart,
  fields: ReadonlyMap<string, SitePart>,
  name: string,
): SitePart | null {
  const field = fields.get(name);
  if (field !== undefined || !part.isMap) return field ?? null;
  return part.fail("missing-setting", `"${part.name}" has no "${name}"`);
}
