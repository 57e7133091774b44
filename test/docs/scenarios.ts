/** The traffic that the worked examples of docs/anomaly speak of; seeded, so that they tell the same each time. */
import { Random } from "../support/random.ts";
import { Traffic } from "../support/traffic.ts";

const START = 1_760_000_400;
const HOUR = 3600;
const CLIENT = "192.168.1.23";

/** Six hours: a report each five minutes with a fifth of jitter, and visits of web servers. */
export function beaconAmongBrowsing(): Uint8Array {
  const traffic = new Traffic();
  const random = new Random(11);
  for (let at = START; at < START + 6 * HOUR; at += 300 * (0.8 + random.below(401) / 1000)) {
    const request = "x".repeat(240 + random.below(12));
    traffic.connection({ client: CLIENT, server: "203.0.113.50", port: 443, at, request });
  }
  for (let at = START; at < START + 6 * HOUR; at += 1 + random.below(240)) {
    const server = `198.51.100.${1 + random.below(20)}`;
    const request = "x".repeat(100 + random.below(1200));
    traffic.connection({ client: CLIENT, server, port: 443, at, request });
  }
  return traffic.capture();
}

/** Ten minutes of names with 50 characters of base 32. */
export function fileInNames(): Uint8Array {
  const traffic = new Traffic();
  const random = new Random(12);
  const alphabet = "abcdefghijklmnopqrstuvwxyz234567";
  for (let i = 0; i < 120; i++) {
    const data = Array.from({ length: 50 }, () => alphabet[random.below(32)]).join("");
    const name = `${data}.t.example.co.uk`;
    traffic.lookUp({ client: CLIENT, server: "192.168.1.1", at: START + 5 * i, name });
  }
  return traffic.capture();
}

/** One handshake as far as the hellos. */
export function tlsOnForeignPort(): Uint8Array {
  const traffic = new Traffic();
  traffic.connection({
    client: CLIENT,
    server: "203.0.113.50",
    port: 8088,
    at: START,
    request: hello(1, [3, 3, ...zeros(32), 0, 0, 2, 0x00, 0x2f, 1, 0]),
    response: hello(2, [3, 3, ...zeros(32), 0, 0x00, 0x2f, 0]),
  });
  return traffic.capture();
}

/** Numbers that makers of cards publish for tests, in a form. */
export function cardsInForm(): Uint8Array {
  const traffic = new Traffic();
  const numbers = ["4111111111111111", "5555555555554444", "378282246310005", "6011111111111117"];
  const body = [...numbers, ...numbers].map((number, i) => `card${i}=${number}`).join("&");
  const head = `POST /save HTTP/1.1\r\nHost: shop.example.org\r\nContent-Length: ${body.length}\r\n\r\n`;
  const request = head + body;
  const response = "HTTP/1.1 204 No Content\r\n\r\n";
  const server = "203.0.113.80";
  traffic.connection({ client: CLIENT, server, port: 80, at: START, request, response });
  return traffic.capture();
}

function zeros(count: number): number[] {
  return Array.from({ length: count }, () => 0);
}

function hello(type: number, body: readonly number[]): Uint8Array {
  const message = [type, 0, 0, body.length, ...body];
  return Uint8Array.from([22, 3, 1, 0, message.length, ...message]);
}

/** A Monday, 00:00 UTC. */
const MONDAY = Date.UTC(2026, 5, 1) / 1000;
const DAY = 24 * HOUR;

/** Three megabytes to one server, and six hosts that browse. */
export function uploadAmongBrowsing(): Uint8Array {
  const traffic = new Traffic();
  const big = "x".repeat(100_000);
  for (let i = 0; i < 30; i++) {
    const at = MONDAY + 30 * i;
    traffic.connection({ client: CLIENT, server: "203.0.113.60", port: 443, at, request: big });
    const client = `192.168.1.${40 + (i % 6)}`;
    const server = `198.51.100.${i}`;
    traffic.connection({ client, server, port: 443, at, request: "get", response: big });
  }
  return traffic.capture();
}

/** Port 445 of 60 hosts, which do not answer, and a talk with one. */
export function scanOfHosts(): Uint8Array {
  const traffic = new Traffic();
  for (let i = 0; i < 60; i++) {
    const at = MONDAY + i;
    traffic.unanswered({ client: CLIENT, server: `192.168.1.${100 + i}`, port: 445, at });
    traffic.connection({ client: "192.168.1.24", server: "192.168.1.100", port: 445, at });
  }
  return traffic.capture();
}

/** Eight days of an office, and an upload at three in the last night. */
export function nightUpload(): Uint8Array {
  const traffic = new Traffic();
  const send = (at: number, bytes: number): void => {
    const request = "x".repeat(bytes);
    traffic.connection({ client: CLIENT, server: "203.0.113.60", port: 443, at, request });
  };
  for (let hour = 0; hour < 8 * 24; hour++) {
    const isDay = hour % 24 >= 8 && hour % 24 < 18;
    send(MONDAY + hour * HOUR + 600, isDay ? 6000 + 100 * (hour % 7) : 50);
  }
  send(MONDAY + 7 * DAY + 3 * HOUR + 1200, 8000);
  return traffic.capture();
}

/** SSH for three days, then another port. */
export function newService(): Uint8Array {
  const traffic = new Traffic();
  const client = "192.168.1.24";
  for (let day = 0; day < 4; day++) {
    traffic.connection({ client, server: CLIENT, port: 22, at: MONDAY + day * DAY });
  }
  traffic.connection({ client, server: CLIENT, port: 8080, at: MONDAY + 3.5 * DAY });
  return traffic.capture();
}

/** SSH at eleven, and at half past ten in the evening, in Berlin. */
export function sshAtNight(): Uint8Array {
  const traffic = new Traffic();
  const server = "192.168.1.24";
  traffic.connection({ client: CLIENT, server, port: 22, at: MONDAY + 9 * HOUR });
  traffic.connection({ client: CLIENT, server, port: 22, at: MONDAY + 20.5 * HOUR });
  return traffic.capture();
}
