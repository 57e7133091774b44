/** What applications say: hellos and records of TLS, HTTP, DNS, NTP, mail, SSH; filler where nobody looks. */
import { concat, fields, payloadBytes } from "../../support/packets/index.ts";
import type { Chance } from "./chance.ts";

const RECORD_BYTES = 16_384;
const RECORD_HEAD = 5;

/** Random bytes that all filler is cut from. */
export class Filler {
  private readonly pool: Uint8Array;
  private readonly lent = new Uint8Array(65_536);
  private at = 0;

  constructor(chance: Chance) {
    this.pool = chance.bytes(131_072);
  }

  take(count: number): Uint8Array {
    if (this.at + count > this.pool.length) this.at = 0;
    const start = this.at;
    this.at += 61;
    return this.pool.slice(start, start + count);
  }

  /** The same, but valid only until the next call: for what is sent at once. */
  lend(count: number): Uint8Array {
    if (this.at + count > this.pool.length) this.at = 0;
    const start = this.at;
    this.at += 61;
    const bytes = count <= this.lent.length ? this.lent.subarray(0, count) : new Uint8Array(count);
    bytes.set(this.pool.subarray(start, start + count));
    return bytes;
  }

  /** Application data of TLS: whole records, `count` bytes of them at most 60,000. Lent. */
  records(count: number): Uint8Array {
    const bytes = this.lend(Math.max(count, RECORD_HEAD + 1));
    for (let at = 0; at < bytes.length; ) {
      const left = bytes.length - at;
      let size = Math.min(RECORD_BYTES, left - RECORD_HEAD);
      // Nothing too small for a record is left over.
      const rest = left - RECORD_HEAD - size;
      if (rest > 0 && rest <= RECORD_HEAD) size -= 16;
      bytes.set([23, 3, 3, size >> 8, size & 255], at);
      at += RECORD_HEAD + size;
    }
    return bytes;
  }
}

export function clientHello(name: string | null, filler: Filler): Uint8Array {
  const extensions = name === null ? new Uint8Array(0) : serverName(name);
  const body = concat(
    fields([2, 0x0303]),
    filler.take(32),
    fields([1, 0], [2, 6], [2, 0x1301], [2, 0xc02f], [2, 0x002f], [1, 1], [1, 0]),
    fields([2, extensions.length]),
    extensions,
  );
  return handshake(1, body);
}

export function serverHello(filler: Filler): Uint8Array {
  const body = concat(
    fields([2, 0x0303]),
    filler.take(32),
    fields([1, 0], [2, 0xc02f], [1, 0], [2, 0]),
  );
  return concat(handshake(2, body), fields([1, 20], [2, 0x0303], [2, 1], [1, 1]));
}

function handshake(type: number, body: Uint8Array): Uint8Array {
  const message = concat(fields([1, type], [3, body.length]), body);
  return concat(fields([1, 22], [2, 0x0301], [2, message.length]), message);
}

function serverName(name: string): Uint8Array {
  const text = payloadBytes(name);
  const entry = concat(fields([1, 0], [2, text.length]), text);
  return concat(fields([2, 0], [2, entry.length + 2], [2, entry.length]), entry);
}

export function httpRequest(host: string, path: string, agent: string, body = ""): Uint8Array {
  const method = body === "" ? "GET" : "POST";
  const length = body === "" ? "" : `Content-Length: ${body.length}\r\n`;
  const head = `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: ${agent}\r\n`;
  return payloadBytes(`${head}Accept: */*\r\n${length}\r\n${body}`);
}

export function httpResponse(bytes: number, filler: Filler): Uint8Array {
  const head = `HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: ${bytes}\r\n\r\n`;
  return concat(payloadBytes(head), filler.take(bytes));
}

/** Types of DNS records. */
export const DnsType = { a: 1, txt: 16 } as const;

export interface DnsAnswer {
  readonly code: number;
  /** Four bytes of an address, or text. */
  readonly data: Uint8Array | null;
}

export function dnsQuery(id: number, name: string, type: number): Uint8Array {
  const head = fields([2, id], [2, 0x0100], [2, 1], [2, 0], [2, 0], [2, 0]);
  return concat(head, question(name, type));
}

export function dnsAnswer(
  id: number,
  name: string,
  type: number,
  { code, data }: DnsAnswer,
): Uint8Array {
  const count = data === null ? 0 : 1;
  const head = fields([2, id], [2, 0x8180 | code], [2, 1], [2, count], [2, 0], [2, 0]);
  if (data === null) return concat(head, question(name, type));
  const record = fields([2, 0xc00c], [2, type], [2, 1], [4, 300], [2, data.length]);
  return concat(head, question(name, type), record, data);
}

function question(name: string, type: number): Uint8Array {
  const labels = name
    .split(".")
    .map((label) => concat(fields([1, label.length]), payloadBytes(label)));
  return concat(...labels, fields([1, 0], [2, type], [2, 1]));
}

/** A request of version 4 (mode 3), or a server's answer (mode 4). */
export function ntp(mode: 3 | 4, filler: Filler): Uint8Array {
  const bytes = filler.take(48);
  bytes[0] = 0x20 | mode;
  bytes[1] = mode === 3 ? 0 : 2;
  return bytes;
}

/** A datagram of media as RTP has it. Lent. */
export function media(count: number, filler: Filler): Uint8Array {
  const bytes = filler.lend(Math.max(12, count));
  bytes[0] = 0x80;
  bytes[1] = 96;
  return bytes;
}

/** Numbers with a right check digit, as issuers give them out. */
export function cardNumber(chance: Chance): string {
  const lead = chance.pick(["4", "51", "55", "2221", "34", "6011"]);
  const length = lead === "34" ? 15 : 16;
  const digits = lead + chance.letters(length - 1 - lead.length, "0123456789");
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    const doubled = i % 2 === 0 ? 2 * digit : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return digits + String((10 - (sum % 10)) % 10);
}
