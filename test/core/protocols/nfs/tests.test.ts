import { expect, it, test } from "vitest";
import { probeDatagram, probeStream } from "../../../../src/core/protocols/nfs/probe.ts";
import { nfsTests } from "../../../../src/core/protocols/nfs/tests.ts";
import { ProbeResult } from "../../../../src/core/protocols/protocol.ts";
import { OptionText } from "../../../../src/core/rule/option-text.ts";
import {
  call,
  commitCall,
  handleOf,
  record,
  reply,
  word,
  writeCall,
} from "../../../support/nfs-messages.ts";
import { NfsTalk } from "./conversation.ts";

const [version, procedure] = nfsTests;
const talk = new NfsTalk();
talk.say(0, writeCall(1, handleOf(1), 0, [1]));
talk.say(0, commitCall(2, handleOf(1)));

test.each([
  ["7", true],
  ["21", true],
  ["6-8", true],
  ["5-7", true],
  ["7-9", true],
  ["8-10", false],
  ["<7", false],
])("nfs_procedure:%s of a write with its commit is %s", (value, isWanted) => {
  const wanted = procedure!.test.parse(new OptionText("nfs_procedure", value), {
    readFile: () => null,
  });
  expect(procedure!.run(talk.transactions[0]!, wanted)).toBe(isWanted);
});

test.each([
  ["3", true],
  ["1-3", true],
  [">3", false],
])("nfs.version:%s of version 3 is %s", (value, isWanted) => {
  const wanted = version!.test.parse(new OptionText("nfs.version", value), {
    readFile: () => null,
  });
  expect(version!.run(talk.transactions[0]!, wanted)).toBe(isWanted);
});

const { no, yes, needMore } = ProbeResult;

function probed(isStream: boolean, direction: number, message: readonly number[]): number {
  const bytes = Uint8Array.from(message);
  return (isStream ? probeStream : probeDatagram)(bytes, 0, bytes.length, direction);
}

it("a whole call is NFS, of another program or version it is not", () => {
  const body = word(0).concat(word(0));
  expect(probed(false, 0, call(1, 1, body))).toBe(yes);
  expect(probed(false, 0, call(1, 1, body, { version: 4 }))).toBe(no);
  expect(probed(false, 0, call(1, 1, body, { program: 100_000 }))).toBe(no);
  expect(probed(false, 0, call(1, 0, []))).toBe(no);
  expect(probed(true, 0, record(call(1, 1, body, { version: 4 })))).toBe(yes);
  expect(probed(true, 0, record(call(1, 1, body, { version: 2 })))).toBe(no);
  expect(probed(true, 0, record(call(1, 1, body)).slice(0, 20))).toBe(needMore);
});

it("an accepted reply is NFS, a denied one or a call is not", () => {
  expect(probed(false, 1, reply(1, word(0).concat(word(0))))).toBe(yes);
  expect(probed(false, 1, [1, 1, 1, 0, 0, 0, 0, 0].flatMap(word))).toBe(no);
  expect(probed(true, 1, record(reply(1, [])))).toBe(yes);
  expect(probed(true, 1, record(call(1, 1, word(0))))).toBe(no);
});
