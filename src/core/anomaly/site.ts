/**
 * What an operator says about the own network (site.yaml, read by src/node/site): networks, hours, services, hosts
 * and their roles. Plain data with the questions that keywords and metrics ask of it.
 */
import type { AddressSet } from "../rule/address-set.ts";
import type { PortSet } from "../rule/port-set.ts";
import type { WeekHours } from "./week-hours.ts";
import {
  dayOf,
  localSeconds,
  minuteOfWeek,
  monthDayOf,
  utcZone,
  type ZoneOffsets,
} from "./zone-time.ts";

/** A part of the home network, by name. */
export interface SiteNetwork {
  readonly name: string;
  readonly addresses: AddressSet;
  /** As written, for rule variables and lists. */
  readonly text: string;
}

export interface SiteHost {
  readonly name: string;
  readonly addresses: AddressSet;
  readonly text: string;
  /** Lower case, as `file-server`. */
  readonly roles: readonly string[];
}

export interface ApprovedService {
  /** Lower-case name of the application protocol. */
  readonly protocol: string;
  /** IP protocol number; 0 for any. */
  readonly transport: number;
  readonly ports: PortSet;
  /** Where it may run; null: on any host of the home networks. */
  readonly hosts: AddressSet | null;
}

/** A place outside that hosts may keep talking to. */
export interface AllowedDestination {
  readonly addresses: AddressSet;
  readonly ports: PortSet;
}

export interface Holidays {
  /** Days since 1970-01-01, local. */
  readonly days: ReadonlySet<number>;
  /** Month * 32 + day, each year. */
  readonly yearly: ReadonlySet<number>;
}

export interface SiteFields {
  readonly networks: readonly SiteNetwork[];
  readonly zone: ZoneOffsets;
  /** Null: the file does not say. */
  readonly businessHours: WeekHours | null;
  readonly holidays: Holidays;
  readonly services: readonly ApprovedService[];
  readonly hosts: readonly SiteHost[];
  readonly allowedDestinations: readonly AllowedDestination[];
  /** Lower case, without a dot at the end. */
  readonly allowedDomains: ReadonlySet<string>;
}

const emptyFields: SiteFields = {
  networks: [],
  zone: utcZone,
  businessHours: null,
  holidays: { days: new Set(), yearly: new Set() },
  services: [],
  hosts: [],
  allowedDestinations: [],
  allowedDomains: new Set(),
};

export class Site implements SiteFields {
  readonly networks: readonly SiteNetwork[];
  readonly zone: ZoneOffsets;
  readonly businessHours: WeekHours | null;
  readonly holidays: Holidays;
  readonly services: readonly ApprovedService[];
  readonly hosts: readonly SiteHost[];
  readonly allowedDestinations: readonly AllowedDestination[];
  readonly allowedDomains: ReadonlySet<string>;

  constructor(fields: Partial<SiteFields> = {}) {
    const whole = { ...emptyFields, ...fields };
    this.networks = whole.networks;
    this.zone = whole.zone;
    this.businessHours = whole.businessHours;
    this.holidays = whole.holidays;
    this.services = whole.services;
    this.hosts = whole.hosts;
    this.allowedDestinations = whole.allowedDestinations;
    this.allowedDomains = whole.allowedDomains;
  }

  /** The site lists services at all, so that one that is not in the list is news. */
  get listsServices(): boolean {
    return this.services.length > 0;
  }

  /** Number of the network that the address is in, the first that fits; -1 for none. */
  networkOf(ipVersion: number, words: Int32Array): number {
    const { networks } = this;
    for (let i = 0; i < networks.length; i++) {
      if (holds(networks[i]!.addresses, ipVersion, words)) return i;
    }
    return -1;
  }

  /** The protocol is wanted on this port of this host. */
  approves(ipVersion: number, words: Int32Array, port: number, protocol: string): boolean {
    for (const service of this.services) {
      if (service.protocol !== protocol.toLowerCase() || !service.ports.contains(port)) continue;
      const { hosts } = service;
      if (hosts === null || holds(hosts, ipVersion, words)) return true;
    }
    return false;
  }

  /** Some service is wanted on this port of this host, whatever its protocol. */
  listsPort(ipVersion: number, words: Int32Array, port: number): boolean {
    return this.services.some(
      ({ ports, hosts }) =>
        ports.contains(port) && (hosts === null || holds(hosts, ipVersion, words)),
    );
  }

  /** Regular contact with this service is known and wanted. */
  isAllowedDestination(ipVersion: number, words: Int32Array, port: number): boolean {
    return this.allowedDestinations.some(
      ({ addresses, ports }) => ports.contains(port) && holds(addresses, ipVersion, words),
    );
  }

  /** Names below this registered domain are known and wanted. */
  isAllowedDomain(domain: string): boolean {
    return this.allowedDomains.has(domain);
  }

  /** @param seconds Unix time. */
  isHoliday(seconds: number): boolean {
    const day = dayOf(localSeconds(this.zone, seconds));
    return this.holidays.days.has(day) || this.holidays.yearly.has(monthDayOf(day));
  }

  /** Within the business hours and no holiday; false where the site has no hours. @param seconds Unix time. */
  isBusinessTime(seconds: number): boolean {
    if (this.businessHours === null) return false;
    const isOpen = this.businessHours.includes(minuteOfWeek(localSeconds(this.zone, seconds)));
    return isOpen && !this.isHoliday(seconds);
  }
}

function holds(addresses: AddressSet, ipVersion: number, words: Int32Array): boolean {
  return ipVersion === 4
    ? addresses.containsIpv4(words[0]!)
    : addresses.containsIpv6(words[0]!, words[1]!, words[2]!, words[3]!);
}
