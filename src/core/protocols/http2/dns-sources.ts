/** The buffers and tests of DNS, read from the messages that streams of HTTP/2 carry. */
import type { BufferSource } from "../buffer.ts";
import type { FlowSide } from "../direction.ts";
import { TO_CLIENT, TO_SERVER } from "../direction.ts";
import { dnsBuffers } from "../dns/buffers.ts";
import { dnsTests } from "../dns/tests.ts";
import type { DnsTransaction } from "../dns/transaction.ts";
import type { TestSource } from "../test.ts";
import type { Transaction } from "../transaction.ts";
import { Http2State, type Http2Transaction } from "./transaction.ts";

/** A message is read when its side has ended. */
const progress = {
  toServer: Http2State.halfClosedClient,
  toClient: Http2State.halfClosedServer,
} as const;

export const dohBuffers: readonly BufferSource[] = dnsBuffers.map((source) => ({
  ...source,
  progress: progress[source.side],
  read(transaction, index, view) {
    const message = messageOf(transaction, source.side);
    return message !== null && source.read(message, index, view);
  },
}));

export const dohTests: readonly TestSource[] = dnsTests.map((source) => ({
  ...source,
  progress: progress[source.side],
  run(transaction, value) {
    const message = messageOf(transaction, source.side);
    return message !== null && source.run(message, value);
  },
}));

function messageOf(transaction: Transaction, side: FlowSide): DnsTransaction | null {
  // Only transactions of HTTP/2 come here.
  const { dns } = transaction as Http2Transaction;
  return dns?.found[side === "toServer" ? TO_SERVER : TO_CLIENT] ?? null;
}
