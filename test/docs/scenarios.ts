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
