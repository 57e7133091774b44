import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { latin1ToBytes } from "../../../src/core/bytes/latin1.ts";
import {
  defaultFilePolicy,
  FileFate,
  FileState,
  TransactionFile,
} from "../../../src/core/protocols/file.ts";
import { FILE_MAGIC_BYTES } from "../../../src/core/protocols/file-magic.ts";
import { FakeMagic } from "../../support/fake-magic.ts";

const content = `%PDF-1.4\n${"abcdefg\n".repeat(1000)}`;

function fileFor(magic: FakeMagic, inspectWindowBytes = 100): TransactionFile {
  magic.isWanted = true;
  const policy = { ...defaultFilePolicy, inspectWindowBytes, magic };
  const file = new TransactionFile(new Uint8Array(0), 0, policy);
  expect(file.fate).toBe(FileFate.refused); // its content goes as soon as it was looked at
  return file;
}

function append(file: TransactionFile, text: string): void {
  const bytes = latin1ToBytes(text);
  file.append(bytes, 0, bytes.length);
}

function magicOf(file: TransactionFile): string | null {
  const text = file.findMagic();
  return text === null ? null : Buffer.from(text).toString();
}

describe("what a file is by its first bytes", () => {
  it("is told from the same bytes however they come and whenever it is asked", () => {
    const piece = fc.record({ bytes: fc.integer({ min: 1, max: 3000 }), asks: fc.boolean() });
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1 }), (pieces) => {
        const magic = new FakeMagic();
        const file = fileFor(magic);
        let at = 0;
        for (let i = 0; at < content.length; i++) {
          const { bytes, asks } = pieces[i % pieces.length]!;
          append(file, content.slice(at, at + bytes));
          at += bytes;
          const isEnough = Math.min(at, content.length) >= FILE_MAGIC_BYTES;
          if (asks) expect(magicOf(file) !== null).toBe(isEnough);
          file.afterInspection();
        }
        expect(magicOf(file)).toBe("PDF document, version 1.4");
        expect(magic.asked).toEqual([content.slice(0, FILE_MAGIC_BYTES)]);
      }),
      { numRuns: 50 },
    );
  });

  it("is told of a short file when it is over, and never of an empty one", () => {
    const magic = new FakeMagic();
    const file = fileFor(magic);
    append(file, "%PDF-1.7");
    expect(magicOf(file)).toBeNull();
    file.close();
    expect(magicOf(file)).toBe("PDF document, version 1.7");
    const empty = fileFor(magic);
    empty.close();
    expect(magicOf(empty)).toBeNull();
    expect(magic.asked).toEqual(["%PDF-1.7"]);
  });

  it("is told from what is before the first hole", () => {
    const magic = new FakeMagic();
    const file = fileFor(magic);
    append(file, "%PDF-1.4");
    file.gap(1000);
    append(file, "x".repeat(5000));
    file.afterInspection();
    expect(magicOf(file)).toBe("PDF document, version 1.4");
    expect(magic.asked).toEqual(["%PDF-1.4"]);
    const headless = fileFor(magic);
    headless.gap(10);
    append(headless, "%PDF-1.4");
    headless.close(FileState.truncated);
    expect(magicOf(headless)).toBeNull();
  });

  it("is asked again while the library is being loaded, and not where it has no answer", () => {
    const magic = new FakeMagic();
    const answers: (Uint8Array | null)[] = [null, new Uint8Array(0)];
    magic.describe = () => {
      const answer = answers.shift();
      return answer === undefined ? latin1ToBytes("one too many") : answer;
    };
    const file = fileFor(magic);
    append(file, content);
    expect(magicOf(file)).toBeNull();
    expect(answers.length).toBe(1);
    file.afterInspection();
    expect(magicOf(file)).toBeNull();
    expect(magicOf(file)).toBeNull();
    expect(answers.length).toBe(0);
  });

  it("goes into events when it was looked up, or of every file", () => {
    const magic = new FakeMagic();
    const file = fileFor(magic);
    append(file, content);
    expect(file.toldMagic()).toBeNull();
    magic.tellsAll = true;
    expect(file.toldMagic()).not.toBeNull();
    magic.tellsAll = false;
    expect(file.toldMagic()).not.toBeNull();
  });

  it("is not looked up when nobody wants it, or when the content is gone", () => {
    const magic = new FakeMagic();
    const unwanted = new TransactionFile(new Uint8Array(0), 0, { ...defaultFilePolicy, magic });
    append(unwanted, content);
    expect(magicOf(unwanted)).toBeNull();
    const gone = fileFor(magic);
    append(gone, content);
    gone.afterInspection();
    gone.release();
    expect(magicOf(gone)).toBeNull();
    expect(magic.asked).toEqual([]);
  });
});
