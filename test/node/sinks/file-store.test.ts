import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { latin1ToBytes } from "../../../src/core/bytes/latin1.ts";
import {
  defaultFilePolicy,
  FileDigest,
  TransactionFile,
} from "../../../src/core/protocols/file.ts";
import { SinkError } from "../../../src/node/errors.ts";
import { FileStoreFolder } from "../../../src/node/sinks/file-store.ts";
import { temporaryFolder } from "../../support/command-line.ts";

const HELLO = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
const policy = { ...defaultFilePolicy, digests: FileDigest.sha256, storesAll: true };
let folder = "";
let problems: SinkError[] = [];

beforeAll(() => {
  folder = temporaryFolder();
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

function createStore(name: string, openFilesMax = 0, writesRecords = false): FileStoreFolder {
  problems = [];
  const onProblem = (problem: SinkError) => problems.push(problem);
  return new FileStoreFolder({
    folder: path.join(folder, name),
    openFilesMax,
    writesRecords,
    onProblem,
  });
}

function store(target: FileStoreFolder, pieces: readonly string[], storeId: number): boolean {
  const file = new TransactionFile(latin1ToBytes("a"), 1, policy);
  file.storeId = storeId;
  if (!target.open(file)) return false;
  for (const piece of pieces) {
    const bytes = latin1ToBytes(piece);
    file.append(bytes, 0, bytes.length);
    if (!target.write(file, bytes, 0, bytes.length)) return false;
  }
  file.close();
  return target.close(file, 1_700_000_000_500_000, () => '{"x":1}');
}

const stored = (name: string) => path.join(folder, name, "2c", HELLO);

describe("the store of files", () => {
  it.each([0, 1])("names files by their content (%i kept open)", (openFilesMax) => {
    const name = `plain-${openFilesMax}`;
    expect(store(createStore(name, openFilesMax), ["he", "llo"], 1)).toBe(true);
    expect(fs.readFileSync(stored(name), "latin1")).toBe("hello");
    expect(fs.readdirSync(path.join(folder, name, "tmp"))).toEqual([]);
  });

  it("keeps one of equal files, with a record for each when asked", () => {
    const target = createStore("twice", 0, true);
    expect([store(target, ["hello"], 1), store(target, ["hello"], 2)]).toEqual([true, true]);
    expect(fs.readdirSync(path.join(folder, "twice", "2c")).sort()).toEqual([
      HELLO,
      `${HELLO}.1700000000.1.json`,
      `${HELLO}.1700000000.2.json`,
    ]);
  });

  it("counts trouble with the disk, tells each kind once, and goes on", () => {
    const target = createStore("broken");
    fs.rmSync(path.join(folder, "broken", "tmp"), { recursive: true });
    expect([store(target, ["hello"], 1), store(target, ["hello"], 2)]).toEqual([false, false]);
    expect(new Map(target.counters()).get("file_store.fs_errors")).toBe(2);
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^file store: cannot create ".*file\.1": no such file$/),
    ]);
    fs.mkdirSync(path.join(folder, "broken", "tmp"));
    expect(store(target, ["hello"], 3)).toBe(true);
  });

  it("counts files beyond those that may be open at once", () => {
    const target = createStore("many", 1);
    const files = [1, 2].map((storeId) => {
      const file = new TransactionFile(latin1ToBytes("a"), 1, policy);
      file.storeId = storeId;
      target.open(file);
      return file;
    });
    const counters = new Map(target.counters());
    expect(counters.get("file_store.open_files")).toBe(1);
    expect(counters.get("file_store.open_files_max_hit")).toBe(1);
    for (const file of files) target.abandon(file);
    expect(fs.readdirSync(path.join(folder, "many", "tmp"))).toEqual([]);
  });

  it("cannot be made where a file is", () => {
    fs.writeFileSync(path.join(folder, "file"), "");
    expect(() => createStore("file")).toThrow(SinkError);
  });
});
