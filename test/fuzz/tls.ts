/**
 * Feeds bytes to a TLS parser as what two sides say in turn, and as the contents of hellos and certificates, so
 * that what lies deep is reached too. Records are written of what came out.
 */
import { Md5 } from "../../src/core/bytes/md5.ts";
import { JsonWriter } from "../../src/core/eve/json-writer.ts";
import { defaultSettings } from "../../src/core/protocols/settings.ts";
import { TlsParser } from "../../src/core/protocols/tls/parser.ts";
import { writeTlsAlertFields } from "../../src/core/protocols/tls/record.ts";
import { certificates, message, record } from "../core/protocols/tls/wire.ts";
import { StreamFeed } from "../support/protocol-harness.ts";
import type { FuzzTarget } from "./fuzz-target.ts";

const MESSAGE_BYTES_MAX = 16_000;
const context = {
  options: defaultSettings,
  formatTime: () => "",
  originalProtocol: null,
  sourcePort: 1,
  destinationPort: 2,
};

export const tlsTarget: FuzzTarget = {
  name: "tls",
  run(bytes) {
    const body = bytes.slice(0, MESSAGE_BYTES_MAX);
    talk([bytes.slice(0, bytes.length >> 1), bytes.slice(bytes.length >> 1)]);
    talk([record(22, message(1, body)), record(22, message(2, body))]);
    talk([new Uint8Array(0), record(22, certificates(body))]);
  },
};

function talk([client, server]: readonly [Uint8Array, Uint8Array]): void {
  const parser = new TlsParser({
    encryption: "bypass",
    hasJa3: true,
    hasJa4: true,
    md5: new Md5(),
  });
  const { last } = parser.transactions;
  const feed = new StreamFeed(parser);
  feed.send(0, client, Math.max(1, client.length >> 1));
  feed.send(1, server, Math.max(1, server.length >> 2));
  feed.end();
  const writer = new JsonWriter();
  writer.beginObject();
  if (last !== null) writeTlsAlertFields(writer, last, context);
  writer.endObject();
  JSON.parse(writer.take());
}
