/** Feeds bytes to the HTTP/1 parser as both directions, cut where the bytes say: never a throw, limits hold. */
import { readHttpOptions } from "../../src/core/protocols/http1/options.ts";
import { Http1Parser } from "../../src/core/protocols/http1/parser.ts";
import { defaultSettings } from "../../src/core/protocols/settings.ts";
import { StreamFeed } from "../support/protocol-harness.ts";
import type { FuzzTarget } from "./fuzz-target.ts";

const options = readHttpOptions(defaultSettings);

export const http1Target: FuzzTarget = {
  name: "http1",
  run(bytes) {
    const parser = new Http1Parser(options);
    const feed = new StreamFeed(parser);
    const cut = ((bytes[0] ?? 0) * bytes.length) >> 8;
    const pieceBytes = 1 + ((bytes[1] ?? 0) & 31);
    feed.send(0, bytes.subarray(2, Math.max(2, cut)), pieceBytes);
    feed.send(1, bytes.subarray(Math.max(2, cut)), pieceBytes);
    if ((bytes[1] ?? 0) > 200) feed.gap(1, 10);
    feed.end();
    if (parser.transactions.items.length > options.transactionsMax) {
      throw new Error("more transactions than allowed");
    }
  },
};
