/**
 * What should be found: events that are planted among everyday traffic, each by one host, with the rules that may find
 * it. How they look is drawn at random from what such events are like; nothing here knows a limit of a rule.
 */
import type { Chance } from "./chance.ts";
import { cardNumber, DnsType } from "./messages.ts";
import { DAY, HOUR, type Office } from "./office.ts";
import { ssh } from "./people.ts";
import { outside, servers } from "./place.ts";
import { refusedTalk, tcpTalk, unansweredTalk } from "./talks.ts";
import type { Actor } from "./timeline.ts";

export const plantKinds = [
  "night upload",
  "slow exfiltration",
  "beacon",
  "slow beacon",
  "horizontal scan",
  "vertical scan",
  "DNS tunnel",
  "TLS on a wrong port",
  "out of hours",
  "new server",
  "card numbers",
] as const;
export type PlantKind = (typeof plantKinds)[number];

export interface Plant {
  readonly kind: PlantKind;
  /** The host that does it. */
  readonly actor: string;
  /** The other side; null where there are many. */
  readonly peers: readonly string[] | null;
  readonly begin: number;
  /** Of the last of its traffic. */
  readonly end: number;
  readonly act: Actor;
}

/** Rules that find an event of the kind. */
export const findingRules: Readonly<Record<PlantKind, readonly number[]>> = {
  "night upload": [9000250, 9000252, 9000253, 9000254],
  "slow exfiltration": [9000250, 9000251, 9000252, 9000253],
  beacon: [9000200],
  "slow beacon": [9000200],
  "horizontal scan": [9000260, 9000261, 9000263],
  "vertical scan": [9000262],
  "DNS tunnel": [9000210, 9000211],
  "TLS on a wrong port": [9000221, 9000224],
  "out of hours": [9000290, 9000291],
  "new server": [9000230, 9000280],
  "card numbers": [9000235],
};

/** Days of traffic before it that finding it may need: to know what is new there must be something old. */
const learningDays: Readonly<Partial<Record<PlantKind, number>>> = { "new server": 7.5 };

/** How long one may take, days. */
const lengthDays: Readonly<Partial<Record<PlantKind, number>>> = {
  "slow exfiltration": 4,
  beacon: 2,
  "slow beacon": 7,
};

/** Plants an event; null when the run has no room for it. */
export function createPlant(kind: PlantKind, office: Office, actor: string): Plant | null {
  const first = learningDays[kind] ?? 1;
  const last = office.days - (lengthDays[kind] ?? 1) - 0.5;
  if (last < first) return null;
  // Nights of a day go on into the next one.
  const day = Math.floor(office.chance.between(first, last + 0.5));
  return makers[kind](office, actor, day);
}

type Maker = (office: Office, actor: string, day: number) => Plant;

const makers: Readonly<Record<PlantKind, Maker>> = {
  "night upload": nightUpload,
  "slow exfiltration": slowExfiltration,
  beacon: (office, actor, day) => beacon(office, actor, day),
  "slow beacon": slowBeacon,
  "horizontal scan": horizontalScan,
  "vertical scan": verticalScan,
  "DNS tunnel": dnsTunnel,
  "TLS on a wrong port": wrongPort,
  "out of hours": outOfHours,
  "new server": newServer,
  "card numbers": cardNumbers,
};

/** Hundreds of megabytes to one host, between ten in the evening and five. */
function nightUpload(office: Office, actor: string, day: number): Plant {
  const { chance } = office;
  const { name, address } = office.place.hostile();
  const begin = office.at(day, 22 + chance.between(0, 6));
  const total = chance.between(300e6, 900e6);
  const rate = chance.between(0.5e6, 5e6);
  const pieces = chance.whole(1, 6);
  const act = function* (): Actor {
    office.lookUp(actor, name);
    for (let i = 0; i < pieces; i++) {
      const up = total / pieces;
      office.tls({ client: actor, server: address, name, up, down: 3000 * pieces, rate });
      yield up / rate + chance.between(1, 60);
    }
  };
  const end = begin + total / rate + pieces * 60;
  return { kind: "night upload", actor, peers: [address], begin, end, act: act() };
}

/** By day, over some days, a megabyte or some at a time. */
function slowExfiltration(office: Office, actor: string, day: number): Plant {
  const { chance } = office;
  const { name, address } = office.place.hostile();
  const days = chance.whole(2, 4);
  const aDay = chance.between(70e6, 250e6);
  const pieces = chance.whole(25, 90);
  const act = function* (): Actor {
    for (let d = 0; d < days; d++) {
      yield office.until(office.at(day + d, 8.5));
      const end = office.at(day + d, 17.5);
      const wait = office.until(end) / pieces;
      for (let i = 0; i < pieces; i++) {
        office.lookUp(actor, name);
        const up = chance.around(aDay / pieces, 0.5);
        office.tls({ client: actor, server: address, name, up, down: chance.between(500, 4000) });
        yield chance.around(wait, 0.6);
      }
    }
  };
  const begin = office.at(day, 8.5);
  const end = office.at(day + days - 1, 21);
  return { kind: "slow exfiltration", actor, peers: [address], begin, end, act: act() };
}

/** Reports every few minutes for half a day to two days, with 20 % of jitter. */
function beacon(office: Office, actor: string, day: number): Plant {
  const { chance } = office;
  const interval = chance.pick([60, 120, 300, 300, 600, 900]);
  const begin = office.at(day, chance.between(0, 20));
  const end = begin + chance.between(12, 48) * HOUR;
  return reports(office, actor, { kind: "beacon", begin, end, interval, jitter: 0.2 });
}

/** 24 reports a day. */
function slowBeacon(office: Office, actor: string, day: number): Plant {
  const { chance } = office;
  const begin = office.at(day, chance.between(0, 20));
  const end = begin + chance.between(4, 7) * DAY;
  const kind = "slow beacon";
  return reports(office, actor, { kind, begin, end, interval: HOUR, jitter: 0.2 });
}

function reports(
  office: Office,
  actor: string,
  given: { kind: PlantKind; begin: number; end: number; interval: number; jitter: number },
): Plant {
  const { chance, line } = office;
  const { kind, begin, end, interval, jitter } = given;
  const { name, address } = office.place.hostile();
  const isPlain = chance.is(0.3);
  const port = isPlain ? chance.pick([80, 8080]) : 443;
  const act = function* (): Actor {
    while (line.now < end) {
      office.lookUp(actor, name);
      // An order comes now and then, and its result goes back.
      const up = chance.is(0.04) ? chance.between(2000, 40_000) : chance.around(420, 0.1);
      const visit = {
        client: actor,
        server: address,
        port,
        name,
        up,
        down: chance.between(200, 500),
      };
      if (isPlain) office.http({ ...visit, path: "/api/poll", body: "x".repeat(Math.round(up)) });
      else office.tls(visit);
      yield chance.around(interval, jitter);
    }
  };
  return { kind, actor, peers: [address], begin, end, act: act() };
}

/** One port of many hosts, inside or outside; some answer. */
function horizontalScan(office: Office, actor: string, day: number): Plant {
  const { chance, line, place } = office;
  const port = chance.pick([22, 23, 445, 3389, 5900, 8080]);
  const rate = chance.between(0.3, 40);
  const net = chance.pick([
    `192.168.10`,
    `192.168.20`,
    `45.${chance.whole(1, 250)}.${chance.whole(1, 250)}`,
  ]);
  const lives = new Set([...place.people.map(({ address }) => address), ...Object.values(servers)]);
  const count = chance.whole(100, 254);
  const begin = office.at(day, chance.between(0, 24));
  const act = function* (): Actor {
    for (let last = 1; last <= count; last++) {
      const ends = office.ends(actor, `${net}.${last}`, port);
      if (lives.has(ends.server)) line.start(refusedTalk(line, ends));
      else line.start(unansweredTalk(line, ends));
      yield chance.around(1 / rate, 0.5);
    }
  };
  const end = begin + (1.5 * count) / rate;
  return { kind: "horizontal scan", actor, peers: null, begin, end, act: act() };
}

/** Many ports of one server; a few are open. */
function verticalScan(office: Office, actor: string, day: number): Plant {
  const { chance, line } = office;
  const target = chance.pick(Object.values(servers).filter((one) => one !== servers.monitor));
  const count = chance.whole(60, 1000);
  const rate = chance.between(0.5, 100);
  const begin = office.at(day, chance.between(0, 24));
  const isSilent = chance.is(0.4);
  const act = function* (): Actor {
    const first = chance.whole(1, 100);
    for (let port = first; port < first + count; port++) {
      const ends = office.ends(actor, target, port);
      if (isSilent) line.start(unansweredTalk(line, ends));
      else if (chance.is(0.02)) {
        line.start(
          tcpTalk(line, { ...ends, turns: [], fill: () => new Uint8Array(0), end: "reset" }),
        );
      } else line.start(refusedTalk(line, ends));
      yield chance.around(1 / rate, 0.5);
    }
  };
  const end = begin + (1.5 * count) / rate;
  return { kind: "vertical scan", actor, peers: [target], begin, end, act: act() };
}

/** A file in names, or in answers of text to names, a query or some a second. */
function dnsTunnel(office: Office, actor: string, day: number): Plant {
  const { chance } = office;
  const domain = `${chance.letters(chance.whole(6, 12), "abcdefghijklmnopqrstuvwxyz")}.${chance.pick(["com", "net", "xyz", "co.uk"])}`;
  const alphabet = chance.pick(["0123456789abcdef", "abcdefghijklmnopqrstuvwxyz234567"]);
  const labelLength = chance.whole(30, 60);
  const labels = chance.whole(1, 3);
  const rate = chance.between(0.1, 1.5);
  const seconds = chance.between(0.3, 1.5) * HOUR;
  const begin = office.at(day, chance.between(0, 21));
  const type = chance.pick([DnsType.a, DnsType.txt]);
  const act = function* (): Actor {
    while (office.line.now < begin + seconds) {
      const data = Array.from({ length: labels }, () => chance.letters(labelLength, alphabet));
      const text = chance.bytes(chance.whole(40, 120));
      text[0] = text.length - 1;
      const answer = type === DnsType.txt ? { answer: text } : {};
      office.lookUp(actor, `${data.join(".")}.${domain}`, { type, ...answer });
      yield chance.exponential(1 / rate);
    }
  };
  const peers = [servers.domain, outside.resolver];
  return { kind: "DNS tunnel", actor, peers, begin, end: begin + seconds, act: act() };
}

function wrongPort(office: Office, actor: string, day: number): Plant {
  const { chance } = office;
  const { name, address } = office.place.hostile();
  const port = chance.pick([8088, 4444, 9001, 2222, 1337, 50_050, 81]);
  const begin = office.at(day, chance.between(0, 23));
  const act = function* (): Actor {
    for (let i = 0; i < 3; i++) {
      const told = chance.is(0.5) ? name : null;
      office.tls({ client: actor, server: address, port, name: told, up: 4000, down: 20_000 });
      yield chance.between(5, 600);
    }
  };
  const end = begin + 0.5 * HOUR;
  return { kind: "TLS on a wrong port", actor, peers: [address], begin, end, act: act() };
}

/** Somebody works at a server in the night or on a Sunday. */
function outOfHours(office: Office, actor: string, day: number): Plant {
  const { chance } = office;
  const isSunday = office.weekday(day) === 6;
  const begin = office.at(day, isSunday ? chance.between(9, 20) : chance.between(21, 28));
  const server = chance.pick([servers.files, servers.domain]);
  const isDesktop = chance.is(0.5);
  const act = function* (): Actor {
    for (let i = chance.whole(1, 4); i > 0; i--) {
      if (isDesktop) desktop(office, actor, server);
      else ssh(office, actor, server);
      yield chance.between(60, 1200);
    }
  };
  const end = begin + 2 * HOUR;
  return { kind: "out of hours", actor, peers: [server], begin, end, act: act() };
}

function desktop(office: Office, client: string, server: string): void {
  const hello = Uint8Array.of(3, 0, 0, 19, 14, 0xe0, 0, 0, 0, 0, 0, 1, 0, 8, 0, 0, 0, 0, 0);
  const answer = Uint8Array.of(3, 0, 0, 19, 14, 0xd0, 0, 0, 0x12, 0x34, 0, 2, 0, 8, 0, 0, 0, 0, 0);
  office.talk(client, server, 3389, {
    turns: [
      { from: "client", says: hello },
      { from: "server", says: answer },
      { from: "client", says: 60_000 },
      { from: "server", says: 900_000 },
    ],
  });
}

/** A machine begins to answer where it never did: the actor is the server. */
function newServer(office: Office, actor: string, day: number): Plant {
  const { chance, place } = office;
  const port = chance.pick([8000, 8080, 3000, 2121, 5000, 9000, 1080]);
  const clients = chance.some(
    place.people.map(({ address }) => address).filter((one) => one !== actor),
    2,
  );
  const begin = office.at(day, chance.between(9, 16));
  const act = function* (): Actor {
    for (let i = 0; i < 6; i++) {
      const client = chance.pick(clients);
      const name = `${actor}:${port}`;
      if (chance.is(0.5)) office.http({ client, server: actor, port, name, up: 0, down: 5000 });
      else office.raw({ client, server: actor, port, up: 300, down: 5000 });
      yield chance.between(30, 1200);
    }
  };
  const end = begin + 2 * HOUR;
  return { kind: "new server", actor, peers: clients, begin, end, act: act() };
}

/** In a form, in a mail, or over a plain connection. */
function cardNumbers(office: Office, actor: string, day: number): Plant {
  const { chance } = office;
  const { name, address } = office.place.hostile();
  const begin = office.at(day, chance.between(0, 23));
  const way = chance.pick(["form", "list", "plain"]);
  const act = function* (): Actor {
    const numbers = Array.from({ length: chance.whole(8, 200) }, () => cardNumber(chance));
    yield 0;
    office.lookUp(actor, name);
    const to = { client: actor, server: address, name, up: 0, down: 300 };
    if (way === "form") {
      const body = numbers.map((number, i) => `c${i}=${number}&e${i}=0${i % 9}2${i % 9}`).join("&");
      office.http({ ...to, path: "/save", body });
      return;
    }
    const text = numbers
      .map((number, i) => `${customer(chance)};${grouped(number)};${i}`)
      .join("\r\n");
    if (way === "list") office.http({ ...to, path: "/upload.csv", body: text });
    else {
      office.talk(actor, address, 21_000, {
        turns: [
          { from: "client", says: `PUT customers.csv ${text.length}\n` },
          { from: "client", says: text },
          { from: "server", says: "OK\n" },
        ],
      });
    }
  };
  const end = begin + 600;
  return { kind: "card numbers", actor, peers: [address], begin, end, act: act() };
}

function customer(chance: Chance): string {
  return `${chance.letters(chance.whole(3, 9), "abcdefghilmnorstu")} ${chance.letters(6, "aeiklmnorst")}`;
}

/** As people write them: groups of four between blanks. */
function grouped(number: string): string {
  return number.length === 16 ? number.replace(/(.{4})(?=.)/g, "$1 ") : number;
}
