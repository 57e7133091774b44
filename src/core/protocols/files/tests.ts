/**
 * Keywords that test a file: its name, size, kind and digests. All those of one rule must hold of one file, so they are
 * one group; a protocol that carries files adds `fileTests`.
 */
import { latin1ToBytes } from "../../bytes/latin1.ts";
import { parseContentPattern } from "../../rule/content-pattern.ts";
import { matchesNumber, parseNumberPiece } from "../../rule/number-comparison.ts";
import type { OptionText, TextPiece } from "../../rule/option-text.ts";
import { type FlowSide, TO_CLIENT, TO_SERVER } from "../direction.ts";
import { FileDigest, FileState, type TransactionFile } from "../file.ts";
import {
  defineTest,
  type ProtocolTest,
  type TestHost,
  type TestSource,
  testSource,
} from "../test.ts";
import type { Transaction } from "../transaction.ts";
import { DigestList } from "./digest-list.ts";

/** What one keyword wants of a file. */
export interface FileCondition {
  /** Files of this direction only; null: of any. */
  readonly side: FlowSide | null;
  readonly matches: (file: TransactionFile) => boolean;
}

const FAMILY = "file";

/** All conditions of a rule on one file. */
export const fileGroup = defineTest<readonly FileCondition[]>({
  name: "file",
  family: FAMILY,
  summary: "Tests of one file together.",
  syntax: "",
  argument: "none",
  examples: [],
  parse: () => [],
});

/** Holds of every file: for keywords that do something with the files that the other tests leave. */
export const fileWanted = fileTest({
  name: "file wanted",
  summary: "Every file.",
  syntax: "",
  examples: [],
  parse: () => ({ side: null, matches: () => true }),
});

export const fileSize = fileTest({
  name: "filesize",
  summary: "Compares the size of a file, once it is whole.",
  syntax: "filesize:[to_server,|to_client,][op]N",
  examples: [
    { options: "filesize:>1mb;", meaning: "more than a megabyte" },
    { options: "filesize:to_client,100-200;", meaning: "101 to 199 bytes, to the client" },
  ],
  parse(option) {
    const { side, piece } = splitSide(option);
    const comparison = parseNumberPiece(option, piece, { bits: 64 });
    const isMoreThan = comparison.operator === "greater";
    const matches = ({ state, sizeBytes }: TransactionFile): boolean => {
      // Of a file that was cut only that it is larger can be told.
      const isKnown = state === FileState.closed || (state !== FileState.open && isMoreThan);
      return isKnown && matchesNumber(comparison, sizeBytes);
    };
    return { side, matches };
  },
});

export const fileNameTest = fileTest({
  name: "filename",
  summary: "Looks for a text in the name of a file, in any case.",
  syntax: 'filename:[!]"TEXT"',
  examples: [{ options: 'filename:"invoice";', meaning: '"invoice" anywhere in the name' }],
  parse: (option) => nameCondition(option, "", contains),
});

export const fileExtension = fileTest({
  name: "fileext",
  summary: "Compares the extension of a file's name, in any case.",
  syntax: 'fileext:[!]"TEXT"',
  examples: [{ options: 'fileext:"exe";', meaning: "a name that ends with .exe" }],
  parse: (option) => nameCondition(option, ".", endsWith),
});

export const fileMagicTest = fileTest({
  name: "filemagic",
  summary: "Looks for a text in what libmagic says of the first bytes of a file, in any case.",
  syntax: 'filemagic:[!]"TEXT"',
  examples: [
    { options: 'filemagic:"PDF document";', meaning: "a PDF, whatever its name" },
    { options: 'filemagic:"1 x 1|00|";', meaning: "a description that ends with 1 x 1" },
  ],
  needs: "magic library",
  parse: magicCondition,
});

export const fileMd5 = digestTest("filemd5", "MD5", 16, FileDigest.md5, ({ md5 }) => md5);
export const fileSha1 = digestTest("filesha1", "SHA-1", 20, FileDigest.sha1, ({ sha1 }) => sha1);
export const fileSha256 = digestTest(
  "filesha256",
  "SHA-256",
  32,
  FileDigest.sha256,
  ({ sha256 }) => sha256,
);

const fileKeywords: readonly ProtocolTest<FileCondition>[] = [
  fileSize,
  fileNameTest,
  fileExtension,
  fileMagicTest,
  fileMd5,
  fileSha1,
  fileSha256,
];

/** The source of all tests of files for one direction of a protocol; files may come from this progress on. */
export function fileTests(side: FlowSide, progress: number): readonly TestSource[] {
  const direction = side === "toServer" ? TO_SERVER : TO_CLIENT;
  const source = testSource<readonly FileCondition[], Transaction>(fileGroup, {
    side,
    progress,
    keywords: fileKeywords as readonly ProtocolTest[],
    run: ({ files }, conditions) =>
      files.some(
        (file) =>
          file.direction === direction &&
          !file.isGone &&
          conditions.every(({ matches }) => matches(file)),
      ),
  });
  return [source];
}

type FileTestSpec = Omit<ProtocolTest<FileCondition>, "family" | "argument" | "group">;

function fileTest(spec: FileTestSpec): ProtocolTest<FileCondition> {
  return defineTest<FileCondition>({
    argument: "required",
    ...spec,
    family: FAMILY,
    group: fileGroup as ProtocolTest,
    sideOf: ({ side }) => side,
  });
}

function digestTest(
  name: string,
  digestName: string,
  digestBytes: number,
  digests: number,
  digestOf: (file: TransactionFile) => Uint8Array | null,
): ProtocolTest<FileCondition> {
  return fileTest({
    name,
    digests,
    summary: `Looks for the ${digestName} of a whole file in a list, one in hexadecimal a line.`,
    syntax: `${name}:[!]FILE`,
    examples: [
      { options: `${name}:known.list;`, meaning: "a file that is in the list" },
      { options: `${name}:!known.list;`, meaning: "a file that is not in the list" },
    ],
    parse(option, host) {
      const { text, negated } = option.quoted({ quotes: "optional", negation: "allowed" });
      const list = readList(option, text, digestBytes, host);
      const matches = (file: TransactionFile): boolean => {
        const digest = digestOf(file);
        return digest !== null && list.has(digest) !== negated;
      };
      return { side: null, matches };
    },
  });
}

function readList(
  option: OptionText,
  path: string,
  digestBytes: number,
  host: TestHost,
): DigestList {
  const bytes = host.readFile(path);
  if (bytes === null) option.fail("unreadable-file", `cannot read the list "${path}"`);
  const list = DigestList.read(bytes, digestBytes);
  if (typeof list === "string") {
    option.fail("bad-digest-list", `"${path}", ${list} is no digest of ${digestBytes} bytes`);
  }
  return list;
}

function splitSide(option: OptionText): { side: FlowSide | null; piece: TextPiece } {
  option.required();
  const [first, rest] = option.split(",", 2);
  if (rest === undefined) return { side: null, piece: option.whole };
  const word = option.oneOf(first!, ["to_server", "to_client"], "direction");
  return { side: word === "to_server" ? "toServer" : "toClient", piece: rest };
}

type NameMatch = (name: Uint8Array, wanted: Uint8Array) => boolean;

function nameCondition(option: OptionText, prefix: string, match: NameMatch): FileCondition {
  const { text, negated } = option.quoted({ quotes: "optional", negation: "allowed" });
  const wanted = latin1ToBytes((prefix + text).toLowerCase());
  return { side: null, matches: ({ name }) => name.length > 0 && match(name, wanted) !== negated };
}

/** A zero byte ends the description, so that a pattern can ask for the end. */
function magicCondition(option: OptionText): FileCondition {
  const { bytes: wanted, negated } = parseContentPattern(option);
  foldToLower(wanted);
  const matches = (file: TransactionFile): boolean => {
    const magic = file.findMagic();
    if (magic === null) return false;
    const ended = new Uint8Array(magic.length + 1);
    ended.set(magic);
    return contains(ended, wanted) !== negated;
  };
  return { side: null, matches };
}

function contains(name: Uint8Array, wanted: Uint8Array): boolean {
  for (let at = 0; at + wanted.length <= name.length; at++) if (isAt(name, at, wanted)) return true;
  return false;
}

function foldToLower(bytes: Uint8Array): void {
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    if (byte >= 0x41 && byte <= 0x5a) bytes[i] = byte | 0x20;
  }
}

function endsWith(name: Uint8Array, wanted: Uint8Array): boolean {
  return name.length >= wanted.length && isAt(name, name.length - wanted.length, wanted);
}

/** `wanted` is in lower case. */
function isAt(name: Uint8Array, at: number, wanted: Uint8Array): boolean {
  for (let i = 0; i < wanted.length; i++) {
    const byte = name[at + i]!;
    const lower = byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
    if (lower !== wanted[i]) return false;
  }
  return true;
}
