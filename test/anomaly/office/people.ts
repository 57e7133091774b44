/** What people do at work: pages, mail, files, chat, calls; and what their machines do beside them. */
import { media, ntp } from "./messages.ts";
import { HOUR, type Office } from "./office.ts";
import { outside, type Person, servers, type WebSite } from "./place.ts";
import { datagramTalk, sendDatagram, tcpTalk, unansweredTalk } from "./talks.ts";
import type { Actor } from "./timeline.ts";

/** Seconds between media datagrams of a call, which carry what goes in that time (24 kbit/s: speech). */
const MEDIA_SECONDS = 2;
const MEDIA_BYTES = 6000;

/** All days of one person. */
export function* person(office: Office, who: Person): Actor {
  const { chance, line } = office;
  if (who.staysOn) line.start(machine(office, who, office.end));
  for (let day = 0; day < office.days; day++) {
    const isWeekend = office.weekday(day) >= 5;
    // Vacation and illness; some work on a Saturday.
    if (isWeekend ? !chance.is(0.04) : chance.is(0.06)) continue;
    const comes = who.comes + chance.normal() * 0.3;
    const goes = isWeekend ? comes + chance.between(1, 3) : who.goes + chance.normal() * 0.4;
    yield office.until(office.at(day, comes));
    const end = office.at(day, goes);
    if (!who.staysOn) line.start(machine(office, who, end));
    line.start(browse(office, who, end));
    line.start(mail(office, who, end));
    line.start(files(office, who, end));
    if (chance.is(0.4)) line.start(calls(office, who, end));
    if (who.sendsFiles && chance.is(0.15))
      line.start(sendFile(office, who), chance.between(HOUR, 6 * HOUR));
    if (who.isAdmin) line.start(administer(office, who, end));
  }
}

function* browse(office: Office, who: Person, end: number): Actor {
  const { chance, line, place } = office;
  const pace = (end - line.now) / who.pages;
  while (line.now < end) {
    // Pages come in bouts.
    for (let pages = chance.whole(1, 6); pages > 0 && line.now < end; pages--) {
      visit(office, who.address, place.sites[chance.popular(place.sites.length)]);
      yield chance.skewed(25, 2);
    }
    yield chance.exponential(3.5 * pace);
  }
}

function visit(office: Office, client: string, site: WebSite | undefined): void {
  const { chance, place } = office;
  if (site === undefined) return;
  // A name mistyped, or a page that is gone.
  if (chance.is(0.01)) office.lookUp(client, `wwww.${site.name}`, { code: 3 });
  const others = Array.from({ length: chance.whole(0, 2) }, () => place.sites[chance.popular(40)]);
  for (const one of [site, ...others]) {
    if (one === undefined) continue;
    office.lookUp(client, one.name);
    const server = chance.pick(one.addresses);
    const visited = {
      client,
      server,
      name: one.name,
      up: chance.skewed(900, 2),
      down: chance.skewed(9000, 3),
    };
    if (one.isPlain) office.http({ ...visited, path: `/${chance.whole(1, 1e6)}` });
    else office.tls(visited);
  }
}

/** The mail program asks every few minutes; now and then a message with an attachment is sent. */
function* mail(office: Office, who: Person, end: number): Actor {
  const { chance, line } = office;
  while (line.now < end) {
    const box = { client: who.address, server: servers.mail, port: 993, name: "mail.office.lan" };
    office.tls({ ...box, up: 700, down: chance.skewed(4000, 3) });
    if (chance.is(0.08)) {
      const up = Math.min(20e6, chance.skewed(60_000, 6));
      office.tls({ ...box, port: 465, up, down: 500 });
    }
    yield chance.around(600, 0.02);
  }
}

/** Documents of the file server, and prints of some. */
function* files(office: Office, who: Person, end: number): Actor {
  const { chance, line, place } = office;
  office.raw({ client: who.address, server: servers.domain, port: 88, up: 1800, down: 2200 });
  office.raw({ client: who.address, server: servers.domain, port: 389, up: 900, down: 5000 });
  while (line.now < end) {
    yield chance.exponential(1.2 * HOUR);
    if (line.now >= end) return;
    const up = Math.min(3e7, chance.skewed(40_000, 5));
    const down = Math.min(3e7, chance.skewed(150_000, 5));
    office.raw({ client: who.address, server: servers.files, port: 445, up, down });
    if (!chance.is(0.2) || place.printers.length === 0) continue;
    const server = chance.pick(place.printers);
    office.raw({
      client: who.address,
      server,
      port: 9100,
      up: chance.skewed(300_000, 2),
      down: 200,
    });
  }
}

function* calls(office: Office, who: Person, end: number): Actor {
  const { chance, line } = office;
  yield chance.between(0, Math.max(1, end - line.now - 2 * HOUR));
  for (let count = chance.whole(1, 2); count > 0; count--) {
    yield* call(office, who.address, Math.min(HOUR, chance.skewed(1500, 1.6)));
    yield chance.between(600, 2 * HOUR);
    if (line.now > end) return;
  }
}

/** Media in both directions over one flow, signalling over another. */
function* call(office: Office, client: string, seconds: number): Actor {
  const { chance, line, filler } = office;
  const server = chance.pick(outside.conference);
  office.lookUp(client, "conf.meetings.example");
  office.tls({ client, server, name: "conf.meetings.example", up: 12_000, down: 30_000 });
  const ends = office.ends(client, server, 8801);
  const end = line.now + seconds;
  while (line.now < end) {
    sendDatagram(line, ends, 0, media(chance.around(MEDIA_BYTES, 0.3), filler));
    sendDatagram(line, ends, 1, media(chance.around(1.5 * MEDIA_BYTES, 0.3), filler));
    yield MEDIA_SECONDS;
  }
}

/** Plans and films for a customer, by way of a storage service. */
// biome-ignore lint/correctness/useYield: an actor of one turn.
function* sendFile(office: Office, { address: client }: Person): Actor {
  const { chance } = office;
  office.lookUp(client, "upload.storage.example");
  office.tls({
    client,
    server: chance.pick(outside.storage),
    name: "upload.storage.example",
    up: Math.min(3e8, chance.skewed(30e6, 2)),
    down: 60_000,
    rate: 4e6,
  });
}

function* administer(office: Office, { address: client }: Person, end: number): Actor {
  const { chance, line } = office;
  const all = Object.values(servers);
  while (line.now < end) {
    yield chance.exponential(2.5 * HOUR);
    if (line.now >= end) return;
    ssh(office, client, chance.pick(all));
  }
}

export function ssh(office: Office, client: string, server: string, port = 22): void {
  const { chance } = office;
  office.talk(client, server, port, {
    turns: [
      { from: "server", says: "SSH-2.0-OpenSSH_9.6\r\n" },
      { from: "client", says: "SSH-2.0-OpenSSH_9.7\r\n" },
      { from: "client", says: chance.whole(2000, 9000) },
      { from: "server", says: chance.whole(5000, 60_000) },
    ],
  });
}

/** What the machine does by itself while it is on. */
function* machine(office: Office, who: Person, end: number): Actor {
  const { chance, line, filler } = office;
  const { address: client } = who;
  const index = Number(client.slice(client.lastIndexOf(".") + 1));
  const every = function* (seconds: number, jitter: number, run: () => void): Actor {
    yield chance.between(0, seconds);
    while (line.now < end) {
      run();
      yield chance.around(seconds, jitter);
    }
  };
  const server = outside.ntp[index % outside.ntp.length] ?? "";
  const clock = office.ends(client, server, 123, 123);
  const askClock = () =>
    line.start(datagramTalk(line, { ...clock, request: ntp(3, filler), response: ntp(4, filler) }));
  line.start(every(1024, 0.01, askClock));
  const ask = (name: string, servers_: readonly string[], up: number, down: number) => () => {
    office.lookUp(client, name);
    office.tls({ client, server: chance.pick(servers_), name, up, down });
  };
  line.start(every(4 * HOUR, 0.1, ask("update.system.example", outside.updates, 1500, 8000)));
  line.start(every(HOUR, 0.02, ask("sig.antivirus.example", outside.antivirus, 600, 30_000)));
  line.start(chat(office, client, end));
  line.start(every(900, 0.3, () => announce(office, client)));
  // A reader of news that hardly anybody has, and a drive of a server that is no more.
  if (index % 16 === 5)
    line.start(every(1800, 0.05, ask("feeds.example", [outside.feeds], 500, 9000)));
  if (index % 16 === 7) {
    const gone = "192.168.20.77";
    line.start(
      every(1200, 0.1, () => line.start(unansweredTalk(line, office.ends(client, gone, 445), 3))),
    );
  }
  if (office.weekday(Math.floor((line.now - office.start) / 86_400)) !== 2) return;
  // Patches, the third day of the week; part of them from a neighbour.
  yield chance.between(600, 4 * HOUR);
  if (line.now > end) return;
  const name = "dl.system.example";
  office.lookUp(client, name);
  office.tls({
    client,
    server: chance.pick(outside.updates),
    name,
    up: 9000,
    down: chance.between(2e6, 6e6),
  });
  const neighbour = chance.pick(office.place.people).address;
  if (neighbour !== client)
    office.raw({ client, server: neighbour, port: 7680, up: 400, down: 2e6 });
}

/** One connection for hours, with a word a minute; a new one when it breaks. */
function* chat(office: Office, client: string, end: number): Actor {
  const { chance, line, filler } = office;
  while (line.now < end) {
    office.lookUp(client, "chat.example");
    const seconds = Math.min(end - line.now, chance.between(2 * HOUR, 6 * HOUR));
    const count = Math.max(1, Math.floor(seconds / 120));
    const turns = Array.from({ length: 2 * count }, (_, i) =>
      i % 2 === 0
        ? ({ from: "client", says: chance.whole(60, 300), wait: 120 } as const)
        : ({ from: "server", says: chance.whole(60, 900) } as const),
    );
    const ends = office.ends(client, chance.pick(outside.chat), 443);
    const fill = (bytes: number): Uint8Array => filler.records(bytes);
    yield* tcpTalk(line, { ...ends, turns, fill });
    yield chance.between(1, 30);
  }
}

/** The machine tells its neighbours that it is there. */
function announce(office: Office, client: string): void {
  const { line } = office;
  const search =
    'M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: "ssdp:discover"\r\n\r\n';
  sendDatagram(line, office.ends(client, "239.255.255.250", 1900), 0, search);
}
