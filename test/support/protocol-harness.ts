/**
 * Drives a protocol parser as the engine does, without flows: bytes come in pieces, what was not consumed comes
 * again with more. For the law that the cut of the bytes does not matter.
 */
import { ByteSlab } from "../../src/core/bytes/byte-slab.ts";
import { defaultFilePolicy, FileDigest, type FilePolicy } from "../../src/core/protocols/file.ts";
import { PartialFiles } from "../../src/core/protocols/files/partial-files.ts";
import {
  type Expectation,
  PARSE_FAILED,
  type ParseHost,
  type ProtocolParser,
} from "../../src/core/protocols/protocol.ts";

import { RecordingFrames } from "./recording-frames.ts";

/** Records what the parser asks for. */
export class TestHost implements ParseHost {
  timeUs = 1_000_000;
  readonly filePolicy: FilePolicy = {
    ...defaultFilePolicy,
    digests: FileDigest.md5 | FileDigest.sha1 | FileDigest.sha256,
  };
  readonly slab = new ByteSlab();
  readonly partialFiles = new PartialFiles(this.filePolicy);
  isStream = true;
  readonly frames = new RecordingFrames();
  clientPort = 40_000;
  serverPort = 80;
  clientIpv4: number | null = 0x0a000001;
  /** What a change of protocol is answered with. */
  canChange = true;
  readonly asked: string[] = [];
  readonly expectations: Expectation[] = [];

  triggerRaw(direction: number): void {
    this.asked.push(`raw ${direction}`);
  }
  changeProtocol(name: string | null, expected?: string): boolean {
    this.asked.push(`change ${name ?? "?"} ${expected ?? ""}`.trim());
    return this.canChange;
  }
  stopPayloadInspection(): void {
    this.asked.push("stop payload inspection");
  }
  stopReassembly(): void {
    this.asked.push("stop reassembly");
  }
  bypass(): void {
    this.asked.push("bypass");
  }
  expect(expectation: Expectation): void {
    this.expectations.push(expectation);
  }
}

/** Bytes of one direction of a TCP connection, fed in pieces. */
export class StreamFeed {
  readonly host = new TestHost();
  hasFailed = false;
  private readonly parser: ProtocolParser;
  private readonly pending: [Uint8Array, Uint8Array] = [new Uint8Array(0), new Uint8Array(0)];

  constructor(parser: ProtocolParser) {
    this.parser = parser;
  }

  /** Gives `bytes` in pieces of `pieceBytes`. */
  send(direction: 0 | 1, bytes: Uint8Array, pieceBytes = bytes.length): void {
    for (let at = 0; at < bytes.length && !this.hasFailed; at += pieceBytes) {
      this.sendPiece(direction, bytes.subarray(at, at + pieceBytes));
    }
  }

  gap(direction: 0 | 1, byteLength: number): boolean {
    this.host.frames.base[direction] += byteLength;
    return this.parser.gap?.(direction, byteLength, this.host) ?? false;
  }

  end(): void {
    this.parser.end?.(0, this.host);
    this.parser.end?.(1, this.host);
  }

  private sendPiece(direction: 0 | 1, piece: Uint8Array): void {
    const before = this.pending[direction];
    const bytes = new Uint8Array(before.length + piece.length);
    bytes.set(before);
    bytes.set(piece, before.length);
    const used = this.parser.parse(direction, bytes, 0, bytes.length, this.host);
    if (used === PARSE_FAILED) this.hasFailed = true;
    else this.host.frames.base[direction] += used;
    this.pending[direction] = used === PARSE_FAILED ? new Uint8Array(0) : bytes.slice(used);
  }
}
