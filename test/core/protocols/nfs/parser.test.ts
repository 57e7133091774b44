import { describe, expect, it } from "vitest";
import { JsonWriter } from "../../../../src/core/eve/json-writer.ts";
import { FileState } from "../../../../src/core/protocols/file.ts";
import { nfsRecord, writeNfs } from "../../../../src/core/protocols/nfs/record.ts";
import {
  attributes3,
  call,
  commitCall,
  handleOf,
  lookupCall,
  lookupReply,
  opaque,
  readCall,
  readReply,
  record,
  reply,
  text,
  word,
  writeCall,
  zeros,
} from "../../../support/nfs-messages.ts";
import { NfsTalk } from "./conversation.ts";

const file = handleOf(7);
const data = Array.from({ length: 3000 }, (_, index) => index & 255);

function nameFile(talk: NfsTalk, name: string): void {
  talk.say(0, lookupCall(1, name));
  talk.say(1, lookupReply(1, file));
}

describe("files of NFS", () => {
  it("a read file has the name that a lookup told, and is whole at its end", () => {
    const talk = new NfsTalk();
    nameFile(talk, "a.txt");
    talk.say(0, readCall(2, file, 0, 2000));
    talk.say(0, readCall(3, file, 2000, 2000));
    talk.say(1, readReply(2, data.slice(0, 2000), false));
    talk.say(1, readReply(3, data.slice(2000), true));
    expect(talk.files).toEqual([
      { name: "a.txt", state: FileState.closed, sizeBytes: 3000, hasGaps: false, content: data },
    ]);
    expect(talk.transactions.map(({ progress }) => progress)).toEqual([
      [1, 1],
      [1, 1],
    ]);
  });

  it("replies may come in another order", () => {
    const talk = new NfsTalk();
    talk.say(0, readCall(2, file, 0, 2000));
    talk.say(0, readCall(3, file, 2000, 2000));
    talk.say(1, readReply(3, data.slice(2000), true));
    expect(talk.files[0]).toMatchObject({ state: FileState.open, sizeBytes: 0 });
    talk.say(1, readReply(2, data.slice(0, 2000), false));
    expect(talk.files[0]).toMatchObject({ state: FileState.closed, content: data });
  });

  it("a written file is whole with its commit", () => {
    const talk = new NfsTalk();
    nameFile(talk, "b");
    talk.say(0, writeCall(2, file, 1500, data.slice(1500)));
    talk.say(0, writeCall(3, file, 0, data.slice(0, 1500)));
    talk.say(0, commitCall(4, file));
    expect(talk.files).toMatchObject([{ name: "b", state: FileState.closed, content: data }]);
  });

  it("a write that is sent again or overlaps adds only what is new", () => {
    const talk = new NfsTalk();
    talk.datagram(0, writeCall(2, file, 0, data.slice(0, 1000)));
    talk.datagram(0, writeCall(2, file, 0, data.slice(0, 1000)));
    talk.datagram(0, writeCall(3, file, 500, data.slice(500, 3000)));
    talk.datagram(0, commitCall(4, file));
    expect(talk.files).toMatchObject([{ state: FileState.closed, content: data }]);
  });

  it("a synchronous write ends its file; one with a hole before it is cut at the end", () => {
    const talk = new NfsTalk();
    talk.say(0, writeCall(2, file, 0, data, 2));
    talk.say(0, writeCall(3, handleOf(8), 100, data, 2));
    expect(talk.files.map(({ state }) => state)).toEqual([FileState.closed, FileState.open]);
    talk.feed.end();
    expect(talk.files[1]).toMatchObject({ state: FileState.truncated, hasGaps: true });
  });

  it("a file that datagrams leave open stays so when their flow ends", () => {
    const talk = new NfsTalk();
    talk.datagram(0, writeCall(2, file, 0, data.slice(0, 1000)));
    talk.endDatagrams();
    expect(talk.files).toMatchObject([{ state: FileState.open, sizeBytes: 1000 }]);
  });

  it("version 2 knows the end of a file by its size", () => {
    const talk = new NfsTalk();
    const handle = handleOf(9, 32);
    const options = { version: 2 };
    talk.datagram(0, call(1, 4, [...handleOf(1, 32), ...opaque(text("two"))], options));
    talk.datagram(1, reply(1, [...word(0), ...handle, ...zeros(68)]));
    talk.datagram(0, call(2, 6, [...handle, ...word(0), ...word(4096), ...word(0)], options));
    const attributes = [...zeros(20), ...word(11), ...zeros(44)];
    talk.datagram(1, reply(2, [...word(0), ...attributes, ...opaque(data.slice(0, 11))]));
    expect(talk.files).toMatchObject([{ name: "two", state: FileState.closed, sizeBytes: 11 }]);
  });

  it("names come from folders as well", () => {
    const talk = new NfsTalk();
    const entry = [
      ...[1, 0, 5].flatMap(word),
      ...opaque(text("listed")),
      ...zeros(8),
      ...word(0),
      ...word(1),
      ...opaque(file),
    ];
    talk.say(0, call(1, 17, [...opaque(handleOf(1)), ...zeros(24)]));
    talk.say(1, reply(1, [...word(0), ...attributes3, ...zeros(8), ...entry, ...zeros(8)]));
    talk.say(0, writeCall(2, file, 0, [1, 2, 3], 2));
    expect(talk.events).toEqual([]);
    expect(talk.files).toMatchObject([{ name: "listed", content: [1, 2, 3] }]);
  });
});

describe("messages of NFS", () => {
  it("bytes lost inside of data leave a hole, and what follows is read", () => {
    const talk = new NfsTalk();
    const bytes = record(writeCall(2, file, 0, data));
    talk.sayRaw(0, bytes.slice(0, 2000));
    expect(talk.feed.gap(0, 500)).toBe(true);
    talk.sayRaw(0, bytes.slice(2500));
    talk.say(0, commitCall(3, file));
    expect(talk.files).toMatchObject([
      { state: FileState.truncated, hasGaps: true, sizeBytes: 3000 },
    ]);
  });

  it("after lost messages the next one is found", () => {
    const talk = new NfsTalk();
    talk.say(0, lookupCall(1, "a"));
    talk.say(0, readCall(2, file, 0, 4096));
    talk.feed.gap(0, 333);
    talk.sayRaw(0, [...text("rest of something"), ...record(lookupCall(3, "b"))], 5);
    talk.feed.gap(1, 333);
    talk.sayRaw(1, [...zeros(77), ...record(readReply(2, data, true))], 7);
    expect(talk.files).toMatchObject([{ state: FileState.closed, content: data }]);
    expect(talk.transactions).toHaveLength(3);
  });

  it("of a message in fragments the first is read, and the next message", () => {
    const talk = new NfsTalk();
    talk.sayRaw(0, [...record(lookupCall(1, "a"), false), ...record(zeros(50))]);
    talk.say(0, lookupCall(2, "b"));
    expect(talk.transactions.map(({ call: { xid } }) => xid)).toEqual([1, 2]);
    expect(talk.events).toEqual([]);
  });

  it("a reply without its call, version 4 and calls back are passed over", () => {
    const talk = new NfsTalk();
    talk.say(1, readReply(9, data, true));
    talk.say(0, call(1, 1, zeros(40), { version: 4 }));
    talk.say(1, call(1, 1, zeros(40), { version: 1, program: 0x4000_0000 }));
    expect(talk.transactions).toEqual([]);
  });

  it("arguments that are signed or encrypted are not read", () => {
    const talk = new NfsTalk();
    const credentials = [6, [1, 0, 1, 3].flatMap(word)] as const;
    talk.say(0, call(1, 3, zeros(2), { credentials }));
    expect(talk.events).toEqual([]);
    expect(talk.transactions).toHaveLength(1);
  });

  it("arguments that do not fit are an event", () => {
    const talk = new NfsTalk();
    talk.say(0, call(1, 3, [...opaque(handleOf(1)), ...word(0xffff_ffff)]));
    talk.say(0, call(2, 4, opaque(zeros(65))));
    expect(talk.events).toEqual(["malformed_data", "malformed_data"]);
  });

  it("a long message that is no transfer is read from its beginning and not kept", () => {
    const talk = new NfsTalk();
    talk.say(
      0,
      call(1, 3, [...opaque(handleOf(1)), ...opaque(text("x")), ...zeros(200_000)]),
      9000,
    );
    talk.say(0, lookupCall(2, "b"));
    expect(talk.transactions).toHaveLength(2);
  });
});

describe("limits of NFS", () => {
  it("the oldest unfinished transaction is ended", () => {
    const talk = new NfsTalk({ transactionsMax: 3 });
    for (let xid = 1; xid <= 5; xid++) talk.say(0, lookupCall(xid, "a"));
    expect(talk.events).toEqual(["too_many_transactions", "too_many_transactions"]);
    const complete = talk.transactions.map(({ isComplete }) => isComplete);
    expect(complete).toEqual([true, true, false, false, false]);
  });

  it("the file used longest ago is cut", () => {
    const talk = new NfsTalk({ openFilesMax: 2 });
    for (let at = 1; at <= 3; at++) talk.say(0, writeCall(at, handleOf(at), 0, data));
    expect(talk.files.map(({ state }) => state)).toEqual([
      FileState.truncated,
      FileState.open,
      FileState.open,
    ]);
  });

  it("pieces that wait beyond the limit are left out", () => {
    const talk = new NfsTalk({ waitingMaxBytes: 4000 });
    talk.say(0, writeCall(1, file, 9000, data));
    talk.say(0, writeCall(2, file, 3000, data));
    talk.say(0, commitCall(3, file));
    expect(talk.files).toMatchObject([{ state: FileState.truncated, content: data }]);
  });

  it("a piece that is too large is no file", () => {
    const talk = new NfsTalk({ pieceMaxBytes: 2999 });
    talk.say(0, writeCall(1, file, 0, data));
    expect(talk.files).toEqual([]);
  });
});

function written(talk: NfsTalk, index: number): unknown {
  const writer = new JsonWriter();
  writer.beginObject();
  writeNfs(writer, talk.transactions[index]!);
  writer.endObject();
  return JSON.parse(writer.take());
}

describe("events of NFS", () => {
  it("a rename has both names, the caller and the handle's checksum", () => {
    const talk = new NfsTalk();
    const names = [...opaque(file), ...opaque(text("a")), ...opaque(file), ...opaque(text("b"))];
    const caller = [...word(1), ...opaque(text("host")), ...[1000, 100, 0].flatMap(word)];
    talk.say(0, call(5, 14, names, { credentials: [1, caller] }));
    talk.say(1, reply(5, word(13)));
    expect(written(talk, 0)).toEqual({
      rpc: {
        xid: 5,
        status: "ACCEPTED",
        auth_type: "UNIX",
        creds: { machine_name: "host", uid: 1000, gid: 100 },
      },
      nfs: {
        version: 3,
        procedure: "RENAME",
        filename: "a",
        hhash: "72dfdef6",
        id: 1,
        file_tx: false,
        type: "response",
        status: "ERR_ACCES",
        rename: { from: "a", to: "b" },
      },
    });
  });

  it("GETATTR is not logged, nor what has no reply over UDP", () => {
    const talk = new NfsTalk();
    talk.say(0, call(1, 1, opaque(file)));
    talk.say(0, lookupCall(2, "a"));
    talk.datagram(0, lookupCall(3, "b"));
    talk.datagram(0, lookupCall(4, "c"));
    talk.datagram(1, lookupReply(4, file));
    // The context plays no part in it.
    const counts = talk.transactions.map((item) => nfsRecord.count?.(item, null as never));
    expect(counts).toEqual([0, 1, 0, 1]);
  });
});
