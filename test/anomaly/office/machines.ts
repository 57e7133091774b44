/** What servers and devices do: backups, mail, time, watching, telephony. */
import { media, ntp } from "./messages.ts";
import { DAY, HOUR, type Office } from "./office.ts";
import { outside, servers } from "./place.ts";
import { datagramTalk, refusedTalk, sendDatagram } from "./talks.ts";
import type { Actor } from "./timeline.ts";

export function startMachines(office: Office): void {
  const { line, place, chance } = office;
  line.start(backups(office));
  line.start(postOffice(office));
  line.start(watch(office));
  for (const server of Object.values(servers)) line.start(keepTime(office, server));
  for (const server of Object.values(servers)) line.start(fetchUpdates(office, server));
  for (const phone of place.phones) line.start(telephone(office, phone));
  for (const printer of place.printers) {
    line.start(reportToMaker(office, printer), chance.between(0, DAY));
  }
}

/** At night servers, then what was backed up to another place. */
function* backups(office: Office): Actor {
  const { chance } = office;
  for (let day = 0; day < office.days; day++) {
    yield office.until(office.at(day, 1 + chance.unit() / 10));
    for (const client of [servers.files, servers.mail, servers.domain]) {
      // A full one at the weekend.
      const size = office.weekday(day) === 6 ? 20e6 : chance.between(2e6, 6e6);
      office.raw({ client, server: servers.backup, port: 873, up: size, down: 20_000, rate: 1e7 });
      yield chance.between(300, 1200);
    }
    office.lookUp(servers.backup, "vault.offsite.example");
    office.tls({
      client: servers.backup,
      server: outside.offsite,
      name: "vault.offsite.example",
      up: chance.between(8e6, 25e6),
      down: 50_000,
      rate: 4e6,
    });
    yield office.until(office.at(day, 12.4));
    for (const { address } of office.place.people) {
      if (!chance.is(0.8) || office.weekday(day) >= 5) continue;
      const up = chance.skewed(600_000, 2);
      office.raw({ client: address, server: servers.backup, port: 873, up, down: 9000 });
      yield chance.between(10, 90);
    }
  }
}

/** Mail from and to the world, by day far more than at night. */
function* postOffice(office: Office): Actor {
  const { chance, line } = office;
  while (line.now < office.end) {
    const hour = ((line.now - office.start) % DAY) / HOUR;
    const isDay = hour > 7 && hour < 19;
    yield chance.exponential(isDay ? 240 : 1500);
    const body = Math.min(5e6, chance.skewed(20_000, 4));
    const other = chance.pick(outside.mail);
    if (chance.is(0.5)) smtp(office, servers.mail, other, body);
    else smtp(office, other, servers.mail, body);
  }
}

function smtp(office: Office, client: string, server: string, bytes: number): void {
  const { filler } = office;
  const text = Buffer.from(filler.take(Math.min(20_000, bytes))).toString("base64");
  const lines = text.match(/.{1,76}/g) ?? [];
  office.talk(client, server, 25, {
    turns: [
      { from: "server", says: "220 mx ready\r\n" },
      { from: "client", says: "EHLO mail.example\r\n" },
      { from: "server", says: "250-mx\r\n250 8BITMIME\r\n" },
      { from: "client", says: "MAIL FROM:<a@one.example>\r\n" },
      { from: "server", says: "250 ok\r\n" },
      { from: "client", says: "RCPT TO:<b@two.example>\r\n" },
      { from: "server", says: "250 ok\r\n" },
      { from: "client", says: "DATA\r\n" },
      { from: "server", says: "354 go on\r\n" },
      { from: "client", says: `Subject: notes\r\n\r\n${lines.join("\r\n")}\r\n.\r\n` },
      { from: "server", says: "250 queued\r\n" },
      { from: "client", says: "QUIT\r\n" },
      { from: "server", says: "221 bye\r\n" },
    ],
  });
}

/** The monitoring server asks everything whether it lives. */
function* watch(office: Office): Actor {
  const { chance, line, filler } = office;
  const client = servers.monitor;
  while (line.now < office.end) {
    office.tls({ client, server: servers.web, name: "intra.office.lan", up: 300, down: 4000 });
    office.raw({ client, server: servers.files, port: 445, up: 100, down: 100 });
    for (const device of office.place.printers) {
      const ends = office.ends(client, device, 161);
      const response = filler.take(90);
      line.start(datagramTalk(line, { ...ends, request: filler.take(60), response }));
    }
    if (chance.is(0.05)) line.start(refusedTalk(line, office.ends(client, servers.web, 8080)));
    yield chance.around(900, 0.01);
  }
}

function* keepTime(office: Office, server: string): Actor {
  const { chance, line, filler } = office;
  const ends = office.ends(server, chance.pick(outside.ntp), 123, 123);
  yield chance.between(0, 512);
  while (line.now < office.end) {
    line.start(datagramTalk(line, { ...ends, request: ntp(3, filler), response: ntp(4, filler) }));
    yield chance.around(512, 0.01);
  }
}

function* fetchUpdates(office: Office, client: string): Actor {
  const { chance, line } = office;
  yield chance.between(0, 6 * HOUR);
  while (line.now < office.end) {
    office.lookUp(client, "packages.distribution.example");
    const server = chance.pick(outside.updates);
    office.http({
      client,
      server,
      name: "packages.distribution.example",
      path: "/dists/InRelease",
      up: 0,
      down: chance.skewed(60_000, 2),
    });
    yield chance.around(6 * HOUR, 0.15);
  }
}

/** Keeps its registration by a datagram a minute, and rings now and then by day. */
function* telephone(office: Office, phone: string): Actor {
  const { chance, line } = office;
  const ends = office.ends(phone, outside.telephony, 5060, 5060);
  const request = `REGISTER sip:pbx.example SIP/2.0\r\nFrom: <sip:${phone}>\r\nCall-ID: ${phone}\r\nCSeq: 1 REGISTER\r\nContent-Length: 0\r\n\r\n`;
  const response = request.replace("REGISTER sip:pbx.example SIP/2.0", "SIP/2.0 200 OK");
  yield chance.between(0, 120);
  while (line.now < office.end) {
    line.start(datagramTalk(line, { ...ends, request, response }));
    const hour = ((line.now - office.start) % DAY) / HOUR;
    if (hour > 8 && hour < 17 && chance.is(0.02)) {
      line.start(ring(office, phone, chance.skewed(150, 2)));
    }
    yield 120;
  }
}

function* ring(office: Office, phone: string, seconds: number): Actor {
  const { line, filler, chance } = office;
  const ends = office.ends(phone, outside.telephony, chance.whole(10_000, 20_000));
  for (const end = line.now + seconds; line.now < end; ) {
    sendDatagram(line, ends, 0, media(4000, filler));
    sendDatagram(line, ends, 1, media(4000, filler));
    yield 4;
  }
}

/** Ink and pages, twice a day: a device of one maker that tells it what it does. */
function* reportToMaker(office: Office, printer: string): Actor {
  const { chance, line } = office;
  while (line.now < office.end) {
    office.lookUp(printer, "report.printers.example");
    const name = "report.printers.example";
    office.tls({ client: printer, server: outside.printerMaker, name, up: 2500, down: 900 });
    yield chance.around(12 * HOUR, 0.05);
  }
}
