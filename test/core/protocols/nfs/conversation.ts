/** Talks to a parser of NFS as the two sides do, and tells what came of it. */
import { bytesToLatin1 } from "../../../../src/core/bytes/latin1.ts";
import { nfs } from "../../../../src/core/protocols/nfs/index.ts";
import { readNfsOptions } from "../../../../src/core/protocols/nfs/options.ts";
import { NfsParser } from "../../../../src/core/protocols/nfs/parser.ts";
import type { NfsTransaction } from "../../../../src/core/protocols/nfs/transaction.ts";
import { defaultSettings } from "../../../../src/core/protocols/settings.ts";
import { record } from "../../../support/nfs-messages.ts";
import { StreamFeed, TestHost } from "../../../support/protocol-harness.ts";

export class NfsTalk {
  readonly parser: NfsParser;
  readonly feed: StreamFeed;
  private readonly host = new TestHost();

  constructor(limits: Partial<ReturnType<typeof readNfsOptions>> = {}) {
    this.parser = new NfsParser({ ...readNfsOptions(defaultSettings), ...limits });
    this.feed = new StreamFeed(this.parser);
    this.host.isStream = false;
  }

  get transactions(): readonly NfsTransaction[] {
    return this.parser.transactions.items;
  }

  /** A message over TCP. */
  say(direction: 0 | 1, message: readonly number[], pieceBytes?: number): void {
    this.feed.send(direction, Uint8Array.from(record(message)), pieceBytes);
  }

  sayRaw(direction: 0 | 1, bytes: readonly number[], pieceBytes?: number): void {
    this.feed.send(direction, Uint8Array.from(bytes), pieceBytes);
  }

  /** A message over UDP. */
  datagram(direction: 0 | 1, message: readonly number[]): void {
    this.parser.parse(direction, Uint8Array.from(message), 0, message.length, this.host);
  }

  /** The flow of the datagrams is over. */
  endDatagrams(): void {
    for (const direction of [0, 1]) this.parser.end(direction, this.host);
  }

  get events(): string[] {
    return this.transactions.flatMap(({ events }) => events.map((code) => nfs.events[code]!));
  }

  /** Name, state, size, holes and content of each file. */
  get files() {
    return this.transactions.flatMap(({ files }) =>
      files.map(({ name, state, sizeBytes, hasGaps, body }) => ({
        name: bytesToLatin1(name, 0, name.length),
        state,
        sizeBytes,
        hasGaps,
        content: [...body.bytes.subarray(body.start, body.end)],
      })),
    );
  }
}
