/** DCE/RPC over TCP and UDP (C706, MS-RPCE). Over named pipes it is part of SMB. */
import { TO_SERVER } from "../direction.ts";
import { defineProtocol, ProbeResult, TCP, UDP } from "../protocol.ts";
import { DATAGRAM_HEADER_BYTES } from "./datagram-parser.ts";
import { dcerpcFrames } from "./frames.ts";
import { DcerpcParser } from "./parser.ts";
import { hasKnownRepresentation, PDU_HEADER_BYTES, PduType } from "./pdu.ts";
import { dcerpcRecord } from "./record.ts";
import { callTestSources, stubSources } from "./sources.ts";
import type { DcerpcTransaction } from "./transaction.ts";

const STREAM_START = Uint8Array.of(5, 0);
const DATAGRAM_START = Uint8Array.of(4, 0);

/** Too short to tell: the two bytes that were found are believed. */
function probeStream(bytes: Uint8Array, start: number, end: number, direction: number): number {
  if (end - start >= 6 && !hasKnownRepresentation(bytes, start + 4)) return ProbeResult.no;
  if (end - start < PDU_HEADER_BYTES) return ProbeResult.yes;
  const isToServer = isRequest(bytes[start + 2]!);
  return isToServer === (direction === TO_SERVER) ? ProbeResult.yes : ProbeResult.reversed;
}

function isRequest(type: number): boolean {
  return type === PduType.request || type === PduType.bind || type === PduType.alterContext;
}

function probeDatagram(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < DATAGRAM_HEADER_BYTES) return ProbeResult.no;
  const isKnown = (bytes[start + 3]! & 0xfc) === 0 && hasKnownRepresentation(bytes, start + 4);
  return isKnown ? ProbeResult.yes : ProbeResult.no;
}

const callOf = (transaction: DcerpcTransaction) => transaction;

export const dcerpc = defineProtocol({
  name: "dcerpc",
  summary: "Remote procedure calls of DCE and Windows.",
  transports: [TCP, UDP],
  enabledByDefault: true,
  patterns: [
    {
      transport: TCP,
      side: "toServer",
      bytes: STREAM_START,
      offset: 0,
      depth: 2,
      confirm: probeStream,
    },
    {
      transport: TCP,
      side: "toClient",
      bytes: STREAM_START,
      offset: 0,
      depth: 2,
      confirm: probeStream,
    },
    {
      transport: UDP,
      side: "toServer",
      bytes: DATAGRAM_START,
      offset: 0,
      depth: 2,
      confirm: probeDatagram,
    },
  ],
  probes: [],
  states: {
    toServer: ["request_started", "request_complete"],
    toClient: ["response_started", "response_complete"],
  },
  frames: dcerpcFrames,
  events: [],
  buffers: stubSources(callOf),
  tests: callTestSources(callOf),
  records: [dcerpcRecord],
  createFactory: () => () => new DcerpcParser(),
});
