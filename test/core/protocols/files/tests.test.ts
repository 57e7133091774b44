import { describe, expect, it } from "vitest";
import { latin1ToBytes } from "../../../../src/core/bytes/latin1.ts";
import {
  defaultFilePolicy,
  FileDigest,
  FileState,
  TransactionFile,
} from "../../../../src/core/protocols/file.ts";
import { DigestList } from "../../../../src/core/protocols/files/digest-list.ts";
import {
  fileExtension,
  fileMagicTest,
  fileMd5,
  fileNameTest,
  fileSize,
  fileTests,
} from "../../../../src/core/protocols/files/tests.ts";
import type { ProtocolTest, TestHost } from "../../../../src/core/protocols/test.ts";
import { Transaction } from "../../../../src/core/protocols/transaction.ts";
import { RuleError } from "../../../../src/core/rule/diagnostic.ts";
import { OptionText } from "../../../../src/core/rule/option-text.ts";
import { FakeMagic } from "../../../support/fake-magic.ts";

class Carrier extends Transaction {}

const HELLO_MD5 = "5d41402abc4b2a76b9719d911017c592";
const policy = { ...defaultFilePolicy, digests: FileDigest.md5, inspectWindowBytes: 100 };

function fileOf(name: string, content: string, direction = 0, state = FileState.closed as number) {
  const file = new TransactionFile(latin1ToBytes(name), direction, policy);
  const bytes = latin1ToBytes(content);
  file.append(bytes, 0, bytes.length);
  if (state !== FileState.open) file.close(state);
  return file;
}

function conditionOf<Value>(test: ProtocolTest<Value>, value: string, files = {}): Value {
  const lists = files as Readonly<Record<string, string>>;
  const host: TestHost = {
    readFile: (path) => (path in lists ? latin1ToBytes(lists[path]!) : null),
  };
  return test.parse(new OptionText(test.name, value), host);
}

describe("tests of files", () => {
  const file = fileOf("Invoice.PDF", "hello");

  it.each([
    [fileNameTest, '"voice"', true],
    [fileNameTest, '!"voice"', false],
    [fileNameTest, '"receipt"', false],
    [fileExtension, '"pdf"', true],
    [fileExtension, '"df"', false],
    [fileExtension, '!"exe"', true],
    [fileSize, "5", true],
    [fileSize, ">5", false],
    [fileSize, "4<>6", true],
    [fileSize, "to_client, <10", true],
  ] as const)("%#: $name of %s", (test, value, expected) => {
    expect(conditionOf(test, value).matches(file)).toBe(expected);
  });

  it("know the size of a file that is open or was cut only as far as it is certain", () => {
    const moreThan = conditionOf(fileSize, ">3");
    const exactly = conditionOf(fileSize, "5");
    const open = fileOf("f", "hello", 0, FileState.open);
    const cut = fileOf("f", "hello", 0, FileState.truncated);
    expect([moreThan.matches(open), moreThan.matches(cut)]).toEqual([false, true]);
    expect([exactly.matches(open), exactly.matches(cut)]).toEqual([false, false]);
  });

  it("look for the digests of whole files in lists", () => {
    const lists = { known: `# mine\n\n${HELLO_MD5.toUpperCase()}  hello.txt\r\n` };
    const known = conditionOf(fileMd5, "known", lists);
    const unknown = conditionOf(fileMd5, "!known", lists);
    expect([known.matches(file), unknown.matches(file)]).toEqual([true, false]);
    const other = fileOf("f", "other");
    expect([known.matches(other), unknown.matches(other)]).toEqual([false, true]);
    const cut = fileOf("f", "hello", 0, FileState.truncated);
    expect([known.matches(cut), unknown.matches(cut)]).toEqual([false, false]);
  });

  it("refuse lists that are not there or are none", () => {
    expect(() => conditionOf(fileMd5, "absent")).toThrow(RuleError);
    expect(() => conditionOf(fileMd5, "bad", { bad: "12345\n" })).toThrow(/line 1/);
  });

  it("look for a text in what the file is, where that is known", () => {
    const magic = new FakeMagic();
    magic.want();
    const pdf = new TransactionFile(latin1ToBytes("f"), 0, { ...policy, magic });
    const bytes = latin1ToBytes("%PDF-1.4");
    pdf.append(bytes, 0, bytes.length);
    const is = conditionOf(fileMagicTest, '"pdf DOC"');
    const isNot = conditionOf(fileMagicTest, '!"1.5"');
    expect([is.matches(pdf), isNot.matches(pdf)]).toEqual([false, false]);
    pdf.close();
    expect([is.matches(pdf), isNot.matches(pdf)]).toEqual([true, true]);
    expect(conditionOf(fileMagicTest, '"1.4|00|"').matches(pdf)).toBe(true);
    expect(isNot.matches(file)).toBe(false);
  });

  it("must all hold of one file of the direction", () => {
    const [source] = fileTests("toServer", 0);
    const wanted = [conditionOf(fileNameTest, '"a"'), conditionOf(fileSize, "2")];
    const transaction = new Carrier();
    transaction.files.push(fileOf("a", "1"), fileOf("b", "22"), fileOf("a", "22", 1));
    expect(source!.run(transaction, wanted)).toBe(false);
    transaction.files.push(fileOf("a", "22"));
    expect(source!.run(transaction, wanted)).toBe(true);
  });
});

describe("a list of digests", () => {
  it("takes a last line without an end", () => {
    const list = DigestList.read(latin1ToBytes(HELLO_MD5), 16);
    expect(list instanceof DigestList && list.size).toBe(1);
  });
});
