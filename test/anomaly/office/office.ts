/** What everybody in the office can do: look up names, visit servers, send datagrams. Times are Unix seconds. */
import { localSeconds, offsetAt, type ZoneOffsets } from "../../../src/core/anomaly/zone-time.ts";
import type { Chance } from "./chance.ts";
import {
  clientHello,
  DnsType,
  dnsAnswer,
  dnsQuery,
  Filler,
  httpRequest,
  httpResponse,
  serverHello,
} from "./messages.ts";
import { outside, type Place, servers } from "./place.ts";
import { datagramTalk, type Ends, type TcpTalk, type Turn, tcpTalk } from "./talks.ts";
import type { Timeline } from "./timeline.ts";

export const HOUR = 3600;
export const DAY = 24 * HOUR;
export const WEEK = 7 * DAY;
/** How long a host remembers a name. */
const NAME_LIFE_SECONDS = 600;
const AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";

export interface Visit {
  readonly client: string;
  readonly server: string;
  readonly port?: number;
  /** Null: not told. */
  readonly name: string | null;
  readonly up: number;
  readonly down: number;
  /** Bytes a second. */
  readonly rate?: number;
  readonly clientPort?: number;
}

export class Office {
  readonly line: Timeline;
  readonly place: Place;
  readonly chance: Chance;
  readonly filler: Filler;
  /** Local midnight of the first day, and when everything ends. */
  readonly start: number;
  readonly end: number;
  private readonly zone: ZoneOffsets;
  /** Local seconds of `start`: a midnight. */
  private readonly localStart: number;
  private readonly known = new Map<string, number>();
  private nextPort = 32_768;
  private nextId = 1;

  constructor(
    given: Pick<Office, "line" | "place" | "chance" | "start" | "end">,
    zone: ZoneOffsets,
  ) {
    this.line = given.line;
    this.place = given.place;
    this.chance = given.chance;
    this.start = given.start;
    this.end = given.end;
    this.zone = zone;
    this.localStart = localSeconds(zone, given.start);
    this.filler = new Filler(given.chance);
  }

  get days(): number {
    return Math.round((this.end - this.start) / DAY);
  }

  /** Unix seconds of an hour (8.5 is half past eight) of a day of the run, in local time. */
  at(day: number, hour: number): number {
    const local = this.localStart + day * DAY + hour * HOUR;
    return local - offsetAt(this.zone, local - offsetAt(this.zone, local));
  }

  /** Monday is 0. */
  weekday(day: number): number {
    return (Math.round(this.localStart / DAY) + day + 3) % 7;
  }

  /** Seconds from now. */
  until(seconds: number): number {
    return Math.max(0, seconds - this.line.now);
  }

  ends(client: string, server: string, port: number, clientPort = this.freePort()): Ends {
    const isInside = server.startsWith("192.168.");
    const last = Number(server.slice(server.lastIndexOf(".") + 1));
    return { client, server, port, clientPort, roundTrip: isInside ? 0.0008 : 0.01 + last / 4000 };
  }

  /** A host asks the resolver of the house, which asks the one outside when it does not know. */
  lookUp(
    client: string,
    name: string,
    given: { type?: number; answer?: Uint8Array; code?: number } = {},
  ): void {
    const { type = DnsType.a, code = 0 } = given;
    const { line, known } = this;
    const key = `${client} ${name}`;
    if (code === 0 && type === DnsType.a && (known.get(key) ?? 0) > line.now) return;
    if (code === 0) known.set(key, line.now + NAME_LIFE_SECONDS);
    const data = code === 0 ? (given.answer ?? this.filler.take(4)) : null;
    this.ask(client, servers.domain, name, type, { code, data });
    if ((known.get(name) ?? 0) > line.now) return;
    if (code === 0) known.set(name, line.now + NAME_LIFE_SECONDS);
    this.ask(servers.domain, outside.resolver, name, type, { code, data });
  }

  tls({ client, server, port = 443, name, up, down, rate, clientPort }: Visit): void {
    const { filler } = this;
    this.talk(client, server, port, {
      clientPort,
      fill: (bytes) => filler.records(bytes),
      turns: [
        { from: "client", says: clientHello(name, filler) },
        { from: "server", says: serverHello(filler) },
        { from: "client", says: Math.max(32, up), ...(rate === undefined ? {} : { rate }) },
        { from: "server", says: Math.max(32, down), ...(rate === undefined ? {} : { rate }) },
      ],
    });
  }

  http(given: Visit & { readonly path?: string; readonly body?: string }): void {
    const { client, server, port = 80, name, down, path = "/", body = "", clientPort } = given;
    const request = httpRequest(name ?? server, path, AGENT, body);
    this.talk(client, server, port, {
      clientPort,
      turns: [
        { from: "client", says: request },
        { from: "server", says: httpResponse(Math.round(down), this.filler) },
      ],
    });
  }

  /** A protocol that nobody reads: it says how much goes which way. */
  raw({ client, server, port = 0, up, down, rate, clientPort }: Omit<Visit, "name">): void {
    const pace = rate === undefined ? {} : { rate };
    this.talk(client, server, port, {
      clientPort,
      turns: [
        { from: "client", says: up, ...pace },
        { from: "server", says: down, ...pace },
      ],
    });
  }

  talk(
    client: string,
    server: string,
    port: number,
    given: {
      readonly turns: Iterable<Turn>;
      readonly fill?: (bytes: number) => Uint8Array;
      readonly clientPort?: number | undefined;
      readonly end?: TcpTalk["end"];
      readonly after?: number;
    },
  ): void {
    const { turns, fill = (bytes) => this.filler.lend(bytes), clientPort, end = "close" } = given;
    const ends = this.ends(client, server, port, clientPort);
    this.line.start(tcpTalk(this.line, { ...ends, turns, fill, end }), given.after ?? 0);
  }

  freePort(): number {
    this.nextPort = this.nextPort >= 60_999 ? 32_768 : this.nextPort + 1;
    return this.nextPort;
  }

  private ask(
    client: string,
    server: string,
    name: string,
    type: number,
    answer: { code: number; data: Uint8Array | null },
  ): void {
    this.nextId = (this.nextId + 1) & 0xffff;
    const talk = {
      ...this.ends(client, server, 53),
      request: dnsQuery(this.nextId, name, type),
      response: dnsAnswer(this.nextId, name, type, answer),
    };
    this.line.start(datagramTalk(this.line, talk));
  }
}
