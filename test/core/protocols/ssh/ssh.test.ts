/** SSH: banners, fingerprints, the point where it is encrypted. */
import "../../../support/property-seed.ts";
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { latin1ToBytes } from "../../../../src/core/bytes/latin1.ts";
import { SshParser } from "../../../../src/core/protocols/ssh/parser.ts";
import {
  SshEvent,
  SshState,
  type SshTransaction,
} from "../../../../src/core/protocols/ssh/transaction.ts";
import { type Conversation, expectSameHoweverCut } from "../../../support/parser-law.ts";
import { StreamFeed } from "../../../support/protocol-harness.ts";

const NEW_KEYS = record(21, new Uint8Array(0));

describe("ssh", () => {
  it("reads both banners, the comment left out", () => {
    const { client, server } = run([
      [0, text("SSH-2.0-OpenSSH_9.6 hello\r\n")],
      [1, text("SSH-1.99-dropbear\n")],
    ]);
    expect([latin(client.protocolVersion), latin(client.softwareVersion)]).toEqual([
      "2.0",
      "OpenSSH_9.6",
    ]);
    expect([latin(server.protocolVersion), latin(server.softwareVersion)]).toEqual([
      "1.99",
      "dropbear",
    ]);
  });

  it("fingerprints what each side offers for what it sends", () => {
    const offer = keyExchange([
      "kex",
      "host",
      "e-cs",
      "e-sc",
      "m-cs",
      "m-sc",
      "c-cs",
      "c-sc",
      "",
      "",
    ]);
    const { client, server } = run([
      [0, joined(text("SSH-2.0-a\r\n"), offer)],
      [1, joined(text("SSH-2.0-b\r\n"), offer)],
    ]);
    expect(latin(client.hasshString)).toBe("kex;e-cs;m-cs;c-cs");
    expect(latin(server.hasshString)).toBe("kex;e-sc;m-sc;c-sc");
    expect(latin(client.hassh)).toBe(createHash("md5").update("kex;e-cs;m-cs;c-cs").digest("hex"));
  });

  it("is encrypted once both sides have new keys, and reads nothing after", () => {
    const feed = new StreamFeed(new SshParser({ hasHassh: true, encryption: "bypass" }));
    feed.send(0, joined(text("SSH-2.0-a\r\n"), NEW_KEYS));
    feed.send(1, joined(text("SSH-2.0-b\r\n"), NEW_KEYS, new Uint8Array(40)));
    feed.send(0, new Uint8Array(400));
    expect(feed.host.asked).toContain("bypass");
    expect(feed.hasFailed).toBe(false);
  });

  it("reports long banners and what is none", () => {
    const long = run([[0, text(`SSH-2.0-${"x".repeat(300)}\r\n`)]]);
    expect(long.transaction.events).toEqual([SshEvent.longBanner]);
    expect(long.client.softwareVersion).toHaveLength(300);
    const none = run([[0, text("GET / HTTP/1.0\r\n")]]);
    expect(none.transaction.events).toEqual([SshEvent.invalidBanner]);
    const record = run([[0, joined(text("SSH-2.0-a\r\n"), new Uint8Array(6))]]);
    expect(record.transaction.events).toEqual([SshEvent.invalidRecord]);
  });

  it("takes a banner without an end at the limit, and goes on after its line", () => {
    const { client, transaction } = run([[0, text(`SSH-2.0-${"x".repeat(9000)}\n`)]]);
    expect(client.state).toBe(SshState.bannerDone);
    expect(transaction.events).toEqual([SshEvent.longBanner]);
  });

  it("does not depend on how the bytes are cut", () => {
    const offer = keyExchange(["kex", "host", "e1", "e2", "m1", "m2", "none", "none", "", ""]);
    expectSameHoweverCut(create, [
      [1, text("SSH-2.0-OpenSSH_8.9p1 Ubuntu\r\n")],
      [0, joined(text("SSH-2.0-libssh\r\n"), offer)],
      [1, joined(offer, record(31, new Uint8Array(99)), NEW_KEYS, new Uint8Array(60))],
      [0, joined(record(30, new Uint8Array(33)), NEW_KEYS, new Uint8Array(64))],
    ]);
    expectSameHoweverCut(create, [[0, text(`SSH-2.0-${"y".repeat(270)}\rmore`)]]);
  });
});

function create(): SshParser {
  return new SshParser({ hasHassh: true, encryption: "track-only" });
}

function run(conversation: Conversation) {
  const parser = create();
  const feed = new StreamFeed(parser);
  for (const [direction, bytes] of conversation) feed.send(direction, bytes);
  const transaction = parser.transactions.items[0] as SshTransaction;
  return { transaction, client: transaction.sides[0], server: transaction.sides[1] };
}

function keyExchange(lists: readonly string[]): Uint8Array {
  const parts = lists.flatMap((list) => [Uint8Array.of(0, 0, 0, list.length), text(list)]);
  return record(20, joined(new Uint8Array(16), ...parts, new Uint8Array(5)));
}

function record(message: number, body: Uint8Array): Uint8Array {
  const length = body.length + 2 + 4;
  return joined(
    Uint8Array.of(0, 0, length >> 8, length & 255, 4, message),
    body,
    new Uint8Array(4),
  );
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

function text(value: string): Uint8Array {
  return latin1ToBytes(value);
}

function latin(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes).toString("latin1");
}
