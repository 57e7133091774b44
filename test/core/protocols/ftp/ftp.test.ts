/** FTP: commands, replies, data connections. */
import "../../../support/property-seed.ts";
import { describe, expect, it } from "vitest";
import { latin1ToBytes } from "../../../../src/core/bytes/latin1.ts";
import { FtpParser } from "../../../../src/core/protocols/ftp/parser.ts";
import { FtpEvent, type FtpTransaction } from "../../../../src/core/protocols/ftp/transaction.ts";
import { FtpDataParser } from "../../../../src/core/protocols/ftp-data/parser.ts";
import { type Conversation, converse, expectSameHoweverCut } from "../../../support/parser-law.ts";
import { StreamFeed, TestHost } from "../../../support/protocol-harness.ts";

const limits = { lineBytesMax: 4096, transactionsMax: 1024 };

describe("ftp", () => {
  it("pairs commands with their replies, pipelined ones too", () => {
    const { transactions } = run([
      [0, text("USER a\r\nPASS b\r\n")],
      [1, text("331 password\r\n230 welcome\r\n")],
    ]);
    expect(transactions.map(({ command, replies }) => [command, codes(replies)])).toEqual([
      ["USER", ["331"]],
      ["PASS", ["230"]],
    ]);
  });

  it("waits for the last reply after a preliminary one", () => {
    const first = run([
      [0, text("RETR a\r\n")],
      [1, text("150 opening\r\n")],
    ]);
    expect(first.transactions[0]?.isDone).toBe(false);
    const both = run([
      [0, text("RETR a\r\n")],
      [1, text("150 opening\r\n226 done\r\n")],
    ]);
    expect(codes(both.transactions[0]!.replies)).toEqual(["150", "226"]);
    expect(both.transactions[0]?.isDone).toBe(true);
  });

  it("keeps the lines of a long reply together", () => {
    const { transactions } = run([
      [0, text("STAT\r\nNOOP\r\n")],
      [1, text("211-status\r\n one\r\n211 end\r\n200 ok\r\n")],
    ]);
    expect(transactions.map(({ replies }) => replies.length)).toEqual([3, 1]);
  });

  it("expects passive and active data connections once the server agrees", () => {
    const passive = run([
      [0, text("PASV\r\n")],
      [1, text("227 Entering Passive Mode (10,0,0,2,4,1)\r\n")],
      [0, text("RETR a.txt\r\n")],
    ]);
    expect(passive.host.expectations).toMatchObject([{ port: 1025, direction: 0 }]);
    const active = run([
      [0, text("EPRT |2|::1|5000|\r\n")],
      [1, text("200 ok\r\n")],
      [0, text("STOR a.txt\r\n")],
    ]);
    expect(active.host.expectations).toMatchObject([
      { port: 5000, direction: 1, data: { direction: 1, command: "STOR" } },
    ]);
    const refused = run([
      [0, text("PORT 10,0,0,1,1,1\r\n")],
      [1, text("500 no\r\n")],
      [0, text("STOR a.txt\r\n")],
    ]);
    expect(refused.host.expectations).toEqual([]);
    expect(refused.transactions[1]?.events).toEqual([FtpEvent.fileBeforePort]);
  });

  it("sees a bounce in a PORT to another host", () => {
    const own = run([[0, text("PORT 10,0,0,1,1,1\r\n")]]);
    const other = run([[0, text("PORT 10,0,0,9,1,1\r\n")]]);
    const past = run([[0, text("PORT 10,0,0,9,1,1\r\nQUIT\r\n")]]);
    const bounces = [own, other, past].map(({ transactions }) => transactions[0]?.latest.isBounce);
    expect(bounces).toEqual([false, true, false]);
  });

  it("cuts long lines and gives up the oldest of too many commands", () => {
    const long = run([[0, text(`USER ${"x".repeat(5000)}\r\nPWD\r\n`)]]);
    expect(long.transactions[0]?.events).toEqual([FtpEvent.requestCommandTooLong]);
    expect(long.transactions[1]?.command).toBe("PWD");
    const many = run([[0, text("PWD\r\n".repeat(3))]], { ...limits, transactionsMax: 2 });
    expect(many.transactions).toHaveLength(2);
    expect(many.transactions[0]?.events).toEqual([FtpEvent.tooManyTransactions]);
  });

  it("goes on with TLS when the server agrees", () => {
    const { host } = run([
      [0, text("AUTH TLS\r\n")],
      [1, text("234 go\r\n")],
    ]);
    expect(host.asked).toContain("change ? tls");
  });

  it("does not depend on how the bytes are cut", () => {
    expectSameHoweverCut(
      () => new FtpParser(limits),
      [
        [1, text("220-Welcome\r\n to this\r\n220 server\r\n")],
        [0, text("USER anonymous\r\nPASS x\r\n")],
        [1, text("331 ok\r\n230-long\r\n230 in\r\n")],
        [0, text("EPSV\r\n")],
        [1, text("229 Entering Extended Passive Mode (|||6446|)\r\n")],
        [0, text(`RETR ${"n".repeat(4200)}\r\nQUIT\r\n`)],
        [1, text("150 opening\r\n226 done\r\n221 bye\r\n")],
      ],
    );
  });

  it("takes a long line byte by byte in linear time", () => {
    const started = performance.now();
    const parser = new FtpParser({ ...limits, lineBytesMax: 1_000_000 });
    const host = new TestHost();
    const line = text(`USER ${"x".repeat(200_000)}`);
    for (let end = 1; end < line.length; end++) parser.parse(0, line, 0, end, host);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe("ftp-data", () => {
  const name = text("a.txt");

  it("is one file in the expected direction", () => {
    const parser = new FtpDataParser({ command: "RETR", name, direction: 1 });
    const feed = new StreamFeed(parser);
    feed.send(1, text("hello "), 2);
    feed.send(0, text("noise"));
    feed.send(1, text("world"));
    feed.end();
    const [file] = parser.transactions.items[0]!.files;
    expect([file?.sizeBytes, file?.state]).toEqual([11, 1]);
  });

  it("leaves a truncated file after a gap", () => {
    const parser = new FtpDataParser({ command: "STOR", name, direction: 0 });
    const feed = new StreamFeed(parser);
    feed.send(0, text("abc"));
    feed.gap(0, 100);
    feed.end();
    expect(parser.transactions.items[0]?.files[0]?.state).toBe(2);
    expect(converse(() => new FtpDataParser(null), [[0, text("x")]])).toBe("[]");
  });
});

function run(conversation: Conversation, options = limits) {
  const parser = new FtpParser(options);
  const feed = new StreamFeed(parser);
  for (const [direction, bytes] of conversation) feed.send(direction, bytes);
  return { transactions: parser.transactions.items, host: feed.host };
}

function codes(replies: FtpTransaction["replies"]): (string | null)[] {
  return replies.map(({ code }) => code && Buffer.from(code).toString("latin1"));
}

function text(value: string): Uint8Array {
  return latin1ToBytes(value);
}
