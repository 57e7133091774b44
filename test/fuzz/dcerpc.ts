/** DCE/RPC: hostile peers behind a bind. The first bytes choose the transport and how the rest is cut. */
import { DcerpcParser } from "../../src/core/protocols/dcerpc/parser.ts";
import { StreamFeed, TestHost } from "../support/protocol-harness.ts";
import { bindAckBody, bindBody, pdu, requestBody } from "../support/smb-messages.ts";
import type { FuzzTarget } from "./fuzz-target.ts";

export const dcerpcTarget: FuzzTarget = {
  name: "dcerpc",
  run(bytes) {
    const parser = new DcerpcParser();
    const [mode = 0, pieceBytes = 0] = bytes;
    if ((mode & 1) !== 0) {
      const datagram = Uint8Array.from(bytes);
      datagram[0] = 4;
      parser.parse(mode & 1, datagram, 0, datagram.length, new TestHost());
      return;
    }
    const feed = new StreamFeed(parser);
    feed.send(0, pdu(11, 1, bindBody()));
    feed.send(1, pdu(12, 1, bindAckBody()));
    if ((mode & 2) !== 0) feed.gap(0, 10);
    const half = bytes.length >> 1;
    const isFramed = (mode & 4) !== 0;
    const body = [...bytes.subarray(2, half)];
    const toServer = isFramed ? pdu(mode >> 3, 2, requestBody(3, body)) : Uint8Array.from(body);
    feed.send(0, toServer, pieceBytes + 1);
    feed.send(1, bytes.subarray(half), pieceBytes + 1);
    feed.end();
  },
};
