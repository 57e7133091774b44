/** Runs a TLS parser over wire bytes, and tells what it found as plain text. */
import { Md5 } from "../../../../src/core/bytes/md5.ts";
import { bytesToText } from "../../../../src/core/bytes/utf8.ts";
import { tlsEventNames } from "../../../../src/core/protocols/tls/events.ts";
import type { TlsOptions } from "../../../../src/core/protocols/tls/options.ts";
import { TlsParser } from "../../../../src/core/protocols/tls/parser.ts";
import type { TlsSide, TlsTransaction } from "../../../../src/core/protocols/tls/transaction.ts";
import { StreamFeed } from "../../../support/protocol-harness.ts";
import type { Bytes } from "./wire.ts";

export interface Said {
  readonly from: 0 | 1;
  readonly bytes: Bytes;
}

export const client = (bytes: Bytes): Said => ({ from: 0, bytes });
export const server = (bytes: Bytes): Said => ({ from: 1, bytes });

const defaults: TlsOptions = {
  encryption: "track-only",
  hasJa3: true,
  hasJa4: true,
  md5: new Md5(),
};

export class TlsRun {
  readonly parser: TlsParser;
  readonly feed: StreamFeed;
  /** The parser's own list loses it once it is done with. */
  readonly transaction: TlsTransaction;

  constructor(said: readonly Said[], options: Partial<TlsOptions> = {}, pieceBytes?: number) {
    this.parser = new TlsParser({ ...defaults, ...options });
    this.feed = new StreamFeed(this.parser);
    const { last } = this.parser.transactions;
    if (last === null) throw new Error("no transaction");
    this.transaction = last;
    for (const { from, bytes } of said) this.feed.send(from, bytes, pieceBytes ?? bytes.length);
  }

  get events(): readonly string[] {
    return this.transaction.events.map((code) => tlsEventNames[code] ?? "?");
  }

  /** All that must not depend on how the bytes were cut. */
  summary(): unknown {
    const { transaction, feed, events } = this;
    return {
      failed: feed.hasFailed,
      events,
      asked: feed.host.asked.filter((what) => !what.startsWith("raw")),
      seen: transaction.seen,
      resumed: transaction.mayBeResumed,
      hides: transaction.hidesCertificates,
      sides: transaction.sides.map(sideSummary),
    };
  }
}

function sideSummary({ version, hello, ja3, ja4, certificate, chain }: TlsSide): unknown {
  return {
    version,
    sni: text(hello?.sni),
    alpns: hello?.alpns.map(text),
    ciphers: hello?.ciphers,
    extensions: hello?.extensions,
    ja3: text(ja3?.text),
    hash: text(ja3?.hash),
    ja4: text(ja4),
    subject: text(certificate?.subject),
    names: certificate?.alternativeNames.map(text),
    chain: chain.map((der) => der.length),
  };
}

export function text(bytes: Bytes | null | undefined): string | null {
  return bytes === null || bytes === undefined ? null : bytesToText(bytes, 0, bytes.length);
}
