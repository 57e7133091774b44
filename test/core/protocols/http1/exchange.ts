/** Drives an HTTP/1 parser and shows what became of the transactions, for tests. */

import { httpEventNames } from "../../../../src/core/protocols/http1/events.ts";
import { readHttpOptions } from "../../../../src/core/protocols/http1/options.ts";
import { Http1Parser } from "../../../../src/core/protocols/http1/parser.ts";
import type { Http1Transaction } from "../../../../src/core/protocols/http1/transaction.ts";
import { defaultSettings, type Settings } from "../../../../src/core/protocols/settings.ts";
import { StreamFeed } from "../../../support/protocol-harness.ts";

const large: Readonly<Record<string, string>> = {
  "libhtp.default-config.personality": "IDS",
};

/** The settings of a stock configuration, with some replaced. */
export function stockSettings(more: Readonly<Record<string, string>> = {}): Settings {
  const values = { ...large, ...more };
  return {
    ...defaultSettings,
    has: (path) => values[path] !== undefined,
    text: (path) => values[path] ?? null,
    switch: (path, fallback) => (values[path] === undefined ? fallback : values[path] === "yes"),
    number: (path, fallback) => Number(values[path] ?? fallback),
    bytes: (path, fallback) =>
      Number(values[path] ?? (path.endsWith("-body-limit") ? 100 * 1024 : fallback)),
  };
}

export class Exchange {
  readonly parser: Http1Parser;
  readonly feed: StreamFeed;

  constructor(settings: Settings = stockSettings()) {
    this.parser = new Http1Parser(readHttpOptions(settings));
    this.feed = new StreamFeed(this.parser);
  }

  /** Sends text of Latin-1, in pieces of `pieceBytes`. */
  request(text: string, pieceBytes?: number): this {
    this.feed.send(0, bytesOf(text), pieceBytes);
    return this;
  }

  respond(text: string, pieceBytes?: number): this {
    this.feed.send(1, bytesOf(text), pieceBytes);
    return this;
  }

  end(): this {
    this.feed.end();
    return this;
  }

  get transactions(): readonly Http1Transaction[] {
    return this.parser.transactions.items;
  }

  get first(): Http1Transaction {
    const [first] = this.transactions;
    if (first === undefined) throw new Error("there is no transaction");
    return first;
  }
}

export function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

export function textOf(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : String.fromCharCode(...bytes);
}

export function eventsOf(transaction: Http1Transaction): string[] {
  return transaction.events.map((code) => httpEventNames[code] ?? "?");
}

/** Everything that rules and records see of a transaction. */
export function shapeOf(transaction: Http1Transaction): unknown {
  const message = (direction: 0 | 1) => {
    const { line, protocol, fields, rawHeaders, body, bodyBytes } = transaction.message(direction);
    return {
      line: textOf(line),
      protocol: textOf(protocol),
      fields: fields.map(({ name, value }) => [textOf(name), textOf(value)]),
      rawHeaders: textOf(rawHeaders),
      body: textOf(body.bytes.slice(0, body.windowBytes)),
      bodyBytes,
    };
  };
  return {
    method: textOf(transaction.method),
    uri: textOf(transaction.normalisedUri),
    uriRaw: textOf(transaction.uriRaw),
    host: textOf(transaction.host),
    status: transaction.statusNumber,
    reason: textOf(transaction.reason),
    request: message(0),
    response: message(1),
    events: eventsOf(transaction).sort(),
    progress: [...transaction.progress],
    files: transaction.files.map(({ name, sizeBytes, state }) => [textOf(name), sizeBytes, state]),
  };
}
