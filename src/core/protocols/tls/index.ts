/**
 * TLS 1.0 to 1.3 and SSL 2.0 and 3.0 over TCP: the handshake, and what records show from outside.
 */
import { type DetectionPattern, defineProtocol, ProbeResult, TCP } from "../protocol.ts";
import type { RecordContext } from "../record.ts";
import type { Transaction } from "../transaction.ts";
import { tlsBuffers } from "./buffers.ts";
import { outdatedTlsEvents, tlsEventNames } from "./events.ts";
import { tlsFrames } from "./frames.ts";
import { readTlsOptions } from "./options.ts";
import { TlsParser } from "./parser.ts";
import { tlsRecord, writeTlsAlertFields } from "./record.ts";
import { tlsTests } from "./tests.ts";
import type { TlsTransaction } from "./transaction.ts";

const DEFAULT_PORT = 443;
const MAJOR = 3;
/** SSL 3.0 to TLS 1.2, as records of all versions carry. */
const MINORS = [0, 1, 2, 3];
/** First bytes of what a client says (SSL 2.0 hello without its length, handshake). */
const CLIENT_TYPES = [0x01, 0x16];
/** Of what a server says: alert, handshake, data. */
const SERVER_TYPES = [0x15, 0x16, 0x17];

function patterns(): DetectionPattern[] {
  const common = { transport: TCP, offset: 0, depth: 3 } as const;
  const found: DetectionPattern[] = MINORS.flatMap((minor) => [
    ...CLIENT_TYPES.map((type) => ({
      ...common,
      side: "toServer" as const,
      bytes: Uint8Array.of(type, MAJOR, minor),
    })),
    ...SERVER_TYPES.map((type) => ({
      ...common,
      side: "toClient" as const,
      bytes: Uint8Array.of(type, MAJOR, minor),
    })),
  ]);
  found.push({
    transport: TCP,
    side: "toServer",
    bytes: Uint8Array.of(1, 0, 2),
    offset: 2,
    depth: 5,
    confirm: probeSsl2,
  });
  return found;
}

/** A hello in a SSL 2.0 record with a header of two bytes. */
function probeSsl2(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 3) return ProbeResult.needMore;
  const isHello = (bytes[start]! & 0x80) !== 0 && bytes[start + 2] === 1;
  return isHello ? ProbeResult.yes : ProbeResult.no;
}

export const tls = defineProtocol({
  name: "tls",
  ruleNames: ["ssl"],
  summary: "TLS and SSL, up to where they are encrypted.",
  transports: [TCP],
  firstSide: "toServer",
  enabledByDefault: true,
  patterns: patterns(),
  probes: [
    {
      transport: TCP,
      ports: [DEFAULT_PORT],
      probe: (bytes, start, end, direction) =>
        direction === 0 ? probeSsl2(bytes, start, end) : ProbeResult.no,
    },
  ],
  states: {
    toServer: [
      "client_in_progress",
      "client_hello_done",
      "client_cert_done",
      "client_handshake_done",
      "client_finished",
    ],
    toClient: [
      "server_in_progress",
      "server_hello",
      "server_cert_done",
      "server_hello_done",
      "server_handshake_done",
      "server_finished",
    ],
  },
  frames: tlsFrames,
  events: tlsEventNames,
  outdatedEvents: outdatedTlsEvents,
  hasUpperCaseEvents: true,
  buffers: tlsBuffers,
  tests: tlsTests,
  records: [tlsRecord],
  writeAlertFields: (writer, transaction: Transaction, context: RecordContext) =>
    // Only transactions of this protocol come here.
    writeTlsAlertFields(writer, transaction as TlsTransaction, context),
  createFactory(settings) {
    const options = readTlsOptions(settings);
    return () => new TlsParser(options);
  },
});
