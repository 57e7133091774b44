/** The one transaction of a TLS connection: what both sides said in their handshake. */
import type { HelloFields, HelloProblemName } from "../tls-hello/hello-fields.ts";
import type { Ja3 } from "../tls-hello/ja3.ts";
import { ja4Of } from "../tls-hello/ja4.ts";
import { TlsVersion } from "../tls-hello/versions.ts";
import { Transaction } from "../transaction.ts";
import type { Certificate } from "./certificate.ts";
import { type TlsEventName, tlsEventCode } from "./events.ts";

export const ClientState = {
  inProgress: 0,
  helloDone: 1,
  certificateDone: 2,
  handshakeDone: 3,
  finished: 4,
} as const;

export const ServerState = {
  inProgress: 0,
  hello: 1,
  certificateDone: 2,
  helloDone: 3,
  handshakeDone: 4,
  finished: 5,
} as const;

/** What a message of the handshake tells of its state; bits of `TlsTransaction.current`. */
export const HandshakeMark = {
  clientHello: 1,
  serverHello: 2,
  clientKeyExchange: 4,
  serverKeyExchange: 8,
  unknown: 16,
} as const;

/** What one side said. */
export class TlsSide {
  /** Of its first hello; null before. */
  hello: HelloFields | null = null;
  /** Of its hello, else of its records. */
  version: number = TlsVersion.unknown;
  ja3: Ja3 | null = null;
  /** A client whose hello is to have a JA4. */
  hasJa4 = false;
  private ja4Text: Uint8Array | null = null;
  /** The first certificate, when it could be read. */
  certificate: Certificate | null = null;
  /** DER of all certificates, the side's own first. */
  readonly chain: Uint8Array[] = [];
  /** A certificate message came. */
  hasChain = false;
  hasChangedCipher = false;

  /** ASCII; made when it is asked for, which few rules do. */
  get ja4(): Uint8Array | null {
    if (this.hasJa4 && this.hello !== null) this.ja4Text ??= ja4Of(this.hello, "t");
    return this.ja4Text;
  }
}

export class TlsTransaction extends Transaction {
  readonly client = new TlsSide();
  readonly server = new TlsSide();
  readonly sides: readonly [TlsSide, TlsSide] = [this.client, this.server];
  /** Marks of the last message of the last data. */
  current = 0;
  /** Marks of all messages so far. */
  seen = 0;
  needsClientCertificate = false;
  /** The client offered a ticket or the server took up the session that the client named. */
  mayBeResumed = false;
  /** The version hides certificates: the event does not wait for one. */
  hidesCertificates = false;
  /** Packet time of the last data, microseconds. */
  lastUs = 0;
  /** Rules asked to keep the certificates of the side: bits 1 client, 2 server. */
  storeWanted = 0;

  get hasChangedCipher(): boolean {
    return this.client.hasChangedCipher || this.server.hasChangedCipher;
  }

  mark(marks: number): void {
    this.current = marks;
    this.seen |= marks;
  }

  note(event: TlsEventName): void {
    this.addEvent(tlsEventCode(event));
  }

  noteHelloProblem(problem: HelloProblemName): void {
    this.note(helloEvents[problem]);
  }
}

const helloEvents: Readonly<Record<HelloProblemName, TlsEventName>> = {
  length: "handshake_invalid_length",
  sniType: "invalid_sni_type",
  sniLength: "invalid_sni_length",
  multipleSni: "multiple_sni_extensions",
};
