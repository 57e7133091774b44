import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { JsonWriter } from "../../../../src/core/eve/json-writer.ts";
import { defaultSettings } from "../../../../src/core/protocols/settings.ts";
import { SmbEvent } from "../../../../src/core/protocols/smb/events.ts";
import { readSmbOptions } from "../../../../src/core/protocols/smb/options.ts";
import { SmbParser } from "../../../../src/core/protocols/smb/parser.ts";
import { writeSmb } from "../../../../src/core/protocols/smb/record.ts";
import type { SmbTransaction } from "../../../../src/core/protocols/smb/transaction.ts";
import { StreamFeed } from "../../../support/protocol-harness.ts";
import {
  bindAckBody,
  bindBody,
  closeBody,
  createAnswer,
  createBody,
  pdu,
  readAnswer,
  readBody,
  requestBody,
  scmText,
  session,
  smb2,
  treeConnectAnswer,
  treeConnectBody,
  writeBody,
  zeros,
} from "../../../support/smb-messages.ts";

const options = readSmbOptions(defaultSettings);
const Command = { treeConnect: 3, create: 5, close: 6, read: 8, write: 9 };

class Conversation {
  readonly parser: SmbParser;
  readonly feed: StreamFeed;
  private messageId = 0;

  constructor(limits = options) {
    this.parser = new SmbParser(limits);
    this.feed = new StreamFeed(this.parser);
  }

  get items(): readonly SmbTransaction[] {
    return this.parser.transactions.items;
  }

  /** A request and its response, each in pieces. */
  exchange(
    command: number,
    body: readonly number[],
    answer: readonly number[] | null,
    pieceBytes?: number,
  ): void {
    const fields = { command, messageId: ++this.messageId };
    const request = session(smb2(fields, body));
    this.feed.send(0, request, pieceBytes ?? request.length);
    if (answer === null) return;
    const response = session(smb2({ ...fields, isResponse: true }, answer));
    this.feed.send(1, response, pieceBytes ?? response.length);
  }

  open(name: string, path = "\\\\host\\share", shareType = 1): void {
    this.exchange(Command.treeConnect, treeConnectBody(path), treeConnectAnswer(shareType));
    this.exchange(Command.create, createBody(name), createAnswer(10));
  }

  events(): number[] {
    return this.items.flatMap(({ events }) => events);
  }
}

function recordOf(transaction: SmbTransaction): Record<string, unknown> {
  const writer = new JsonWriter();
  writer.beginObject();
  writeSmb(writer, transaction);
  writer.endObject();
  return JSON.parse(writer.take()).smb;
}

describe("SMB 2", () => {
  test("a share and a file are named", () => {
    const talk = new Conversation();
    talk.open("dir\\a.txt");
    expect(recordOf(talk.items[0]!)).toMatchObject({
      id: 1,
      command: "SMB2_COMMAND_TREE_CONNECT",
      status: "STATUS_SUCCESS",
      session_id: 7,
      tree_id: 1,
      share: "\\\\host\\share",
      share_type: "FILE",
    });
    expect(recordOf(talk.items[1]!)).toMatchObject({
      command: "SMB2_COMMAND_CREATE",
      filename: "dir\\a.txt",
      disposition: "FILE_OPEN",
      size: 10,
      fuid: "04030201-0605-0807-0a09-0c0b100f0e0d",
    });
  });

  test("writes become a file that ends with the close", () => {
    const talk = new Conversation();
    talk.open("a.txt");
    talk.exchange(Command.write, writeBody(0, [1, 2, 3]), zeros(16));
    talk.exchange(Command.write, writeBody(3, [4, 5]), zeros(16));
    const transfer = talk.items[2]!;
    expect(transfer.files[0]!.sizeBytes).toBe(5);
    expect(transfer.progress).toEqual([0, 0]);
    talk.exchange(Command.close, closeBody(), zeros(60));
    expect(transfer.progress).toEqual([1, 1]);
    expect(transfer.files[0]!.state).toBe(1);
    expect(recordOf(transfer)).toMatchObject({ filename: "a.txt", share: "\\\\host\\share" });
  });

  test("pieces out of order wait for those before them", () => {
    const talk = new Conversation();
    talk.open("a.txt");
    talk.exchange(Command.write, writeBody(3, [4, 5]), zeros(16));
    const [file] = talk.items[2]!.files;
    expect(file!.sizeBytes).toBe(0);
    talk.exchange(Command.write, writeBody(0, [1, 2, 3]), zeros(16));
    expect([...file!.body.bytes.slice(0, 5)]).toEqual([1, 2, 3, 4, 5]);
  });

  test("too many waiting pieces are refused with an event", () => {
    const limits = { ...options, write: { ...options.write, queueMaxCount: 2 } };
    const talk = new Conversation(limits);
    talk.open("a.txt");
    for (let i = 1; i < 4; i++) talk.exchange(Command.write, writeBody(10 * i, [i]), zeros(16));
    expect(talk.events()).toEqual([SmbEvent.writeQueueCountExceeded]);
  });

  test("an overlap is an event", () => {
    const talk = new Conversation();
    talk.open("a.txt");
    talk.exchange(Command.write, writeBody(0, [1, 2]), zeros(16));
    talk.exchange(Command.write, writeBody(1, [3, 4]), zeros(16));
    expect(talk.events()).toEqual([SmbEvent.fileOverlap]);
  });

  test("reads become a file of the other direction", () => {
    const talk = new Conversation();
    talk.open("a.txt");
    talk.exchange(Command.read, readBody(0, 3), readAnswer([7, 8, 9]));
    const [file] = talk.items[2]!.files;
    expect(file!.direction).toBe(1);
    expect(file!.sizeBytes).toBe(3);
  });

  test("a hole in a long write stays a hole", () => {
    const talk = new Conversation();
    talk.open("a.txt");
    const message = session(
      smb2({ command: Command.write, messageId: 9 }, writeBody(0, zeros(2000))),
    );
    talk.feed.send(0, message.subarray(0, 1000));
    expect(talk.feed.gap(0, 500)).toBe(true);
    talk.feed.send(0, message.subarray(1500));
    talk.exchange(Command.write, writeBody(2000, [1]), zeros(16));
    const [file] = talk.items[2]!.files;
    expect(file!.sizeBytes).toBe(2001);
    expect(file!.hasGaps).toBe(true);
  });

  test("calls over a pipe carry interface, operation and stub", () => {
    const talk = new Conversation();
    talk.open("svcctl", "\\\\host\\IPC$", 2);
    talk.exchange(Command.write, writeBody(0, [...pdu(11, 1, bindBody())]), zeros(16));
    talk.exchange(Command.read, readBody(0, 1024), readAnswer([...pdu(12, 1, bindAckBody())]));
    talk.exchange(Command.write, writeBody(0, [...pdu(0, 2, requestBody(15, [1, 2]))]), zeros(16));
    expect(recordOf(talk.items[2]!)).toMatchObject({
      dcerpc: { request: "BIND", response: "BINDACK", interfaces: [{ uuid: scmText }] },
    });
    expect(recordOf(talk.items[3]!)).toMatchObject({
      dcerpc: {
        request: "REQUEST",
        opnum: 15,
        req: { frag_cnt: 1, stub_data_size: 2 },
        interfaces: [{ uuid: scmText }],
      },
    });
  });

  test("chained messages are read one by one", () => {
    const talk = new Conversation();
    const body = [...createBody("a"), ...zeros(6)];
    const next = 64 + body.length;
    const first = smb2({ command: Command.create, messageId: 1, next }, body);
    talk.feed.send(0, session(first, smb2({ command: Command.close, messageId: 2 }, closeBody())));
    expect(talk.items.map(({ command }) => command)).toEqual([Command.create, Command.close]);
  });

  test("a response to the server and a place outside the message are events", () => {
    const talk = new Conversation();
    talk.open("a");
    talk.feed.send(0, session(smb2({ command: 6, messageId: 9, isResponse: true }, zeros(60))));
    talk.feed.send(0, session(smb2({ command: 6, messageId: 9, next: 5000 }, zeros(60))));
    expect(talk.events()).toEqual([SmbEvent.responseToServer, SmbEvent.malformedData]);
    expect(talk.feed.hasFailed).toBe(true);
  });

  test("more open transactions than configured are an event and the end", () => {
    const talk = new Conversation({ ...options, transactionsMax: 3 });
    for (let i = 0; i < 6; i++) talk.exchange(Command.create, createBody("a"), null);
    expect(talk.events()).toEqual([SmbEvent.tooManyTransactions]);
    expect(talk.feed.hasFailed).toBe(true);
  });

  test("the cut of the bytes does not matter", () => {
    const run = (pieceBytes: number | undefined) => {
      const talk = new Conversation();
      talk.open("a.txt");
      const data = Array.from({ length: 1500 }, (_, i) => i & 0xff);
      talk.exchange(Command.write, writeBody(1500, data), zeros(16), pieceBytes);
      talk.exchange(Command.write, writeBody(0, data), zeros(16), pieceBytes);
      talk.exchange(Command.read, readBody(0, 1500), readAnswer(data), pieceBytes);
      talk.exchange(Command.close, closeBody(), zeros(60), pieceBytes);
      return talk.items.map((item) => ({
        record: recordOf(item),
        progress: [...item.progress],
        files: item.files.map(({ sizeBytes, state, md5 }) => ({ sizeBytes, state, md5 })),
      }));
    };
    const whole = run(undefined);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 700 }), (pieceBytes) => {
        expect(run(pieceBytes)).toEqual(whole);
      }),
      { numRuns: 25 },
    );
  });

  test("the cost of a long write grows with its length, whatever the pieces", () => {
    const talk = new Conversation();
    talk.open("a.txt");
    talk.exchange(Command.write, writeBody(0, zeros(1 << 20)), null, 100);
    const transfer = talk.items[2]!;
    expect(transfer.files[0]!.sizeBytes).toBe(1 << 20);
  });
});
