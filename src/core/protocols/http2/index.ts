/** HTTP/2 (RFC 9113) without encryption, by its preface or upgraded from HTTP/1. */
import { readUint24, readUint32 } from "../../bytes/endian.ts";
import { latin1ToBytes } from "../../bytes/latin1.ts";
import { TO_CLIENT } from "../direction.ts";
import { fileTests } from "../files/tests.ts";
import type { UpgradedRequest } from "../http/upgrade.ts";
import { defineProtocol, ProbeResult, TCP } from "../protocol.ts";
import type { Transaction } from "../transaction.ts";
import { dohBuffers, dohTests } from "./dns-sources.ts";
import { FrameType } from "./frames.ts";
import { readHttp2Options } from "./options.ts";
import { FRAME_BYTES_MAX, Http2Parser } from "./parser.ts";
import { http2Frames } from "./protocol-frames.ts";
import { dohRecord, http2Record, writeHttp2AlertFields } from "./record.ts";
import { http2Buffers } from "./sources.ts";
import { http2Tests } from "./tests.ts";
import {
  Http2State,
  type Http2Transaction,
  http2EventNames,
  http2StateNames,
} from "./transaction.ts";

const PREFACE = latin1ToBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

/** A server begins with SETTINGS. */
function probe(bytes: Uint8Array, start: number, end: number, direction: number): number {
  if (direction !== TO_CLIENT) return ProbeResult.no;
  if (end - start < 9) return ProbeResult.needMore;
  const isSettings =
    bytes[start + 3] === FrameType.settings &&
    (bytes[start + 4]! & 0xfe) === 0 &&
    readUint24(bytes, start) <= FRAME_BYTES_MAX &&
    readUint32(bytes, start + 5) < 0x8000_0000;
  return isSettings ? ProbeResult.yes : ProbeResult.no;
}

export const http2 = defineProtocol({
  name: "http2",
  ruleNames: ["http2", "http"],
  summary: "HTTP version 2.",
  transports: [TCP],
  enabledByDefault: true,
  patterns: [
    { transport: TCP, side: "toServer", bytes: PREFACE, offset: 0, depth: PREFACE.length },
  ],
  probes: [{ transport: TCP, ports: [3000], probe }],
  states: {
    toServer: http2StateNames.map((name) => `request_${name}`),
    toClient: http2StateNames.map((name) => `response_${name}`),
  },
  frames: http2Frames,
  events: http2EventNames,
  buffers: [...http2Buffers, ...dohBuffers],
  tests: [
    ...http2Tests,
    ...dohTests,
    ...fileTests("toServer", Http2State.dataClient),
    ...fileTests("toClient", Http2State.dataServer),
  ],
  records: [http2Record, dohRecord],
  writeAlertFields: (writer, transaction: Transaction) =>
    // Only transactions of this protocol come here.
    writeHttp2AlertFields(writer, transaction as Http2Transaction),
  createFactory(settings) {
    const options = readHttp2Options(settings);
    // Only http1 hands something over.
    return (data) => new Http2Parser(options, (data as UpgradedRequest | undefined) ?? null);
  },
});
