/**
 * What is kept of the certificates that rules asked for with tls.store: the chain as PEM (RFC 7468) and a note of
 * where it came from. The host writes them to files, through the interface here.
 */
import { addressToText } from "../bytes/address-text.ts";
import { encodeBase64 } from "../bytes/base64.ts";
import { bytesToText } from "../bytes/utf8.ts";
import { applicationOf } from "../detect/flow-application.ts";
import { TimestampFormatter } from "../eve/timestamp.ts";
import type { Flow } from "../flow/flow.ts";
import { Direction, type Packet } from "../layers/packet.ts";
import { TlsTransaction } from "../protocols/tls/transaction.ts";
import type { Reporter } from "./engine-options.ts";

const BASE64_LINE_CHARACTERS = 64;
/** Width of the names in notes. */
const LABEL_CHARACTERS = 19;

/** Where certificates go: `name` without an ending, unique in one run. */
export interface CertificateSink {
  store(name: string, pem: string, note: string): void;
}

export class CertificateReporter implements Reporter {
  private readonly sink: CertificateSink;
  private readonly timestamps = new TimestampFormatter();
  private count = 0;

  constructor(sink: CertificateSink) {
    this.sink = sink;
  }

  /** Mostly right here: with the packet whose rule asked. */
  onPacket(packet: Packet): void {
    if (packet.flow !== null) this.storeOf(packet.flow, packet.timeUs, packet);
  }

  onTransaction(packet: Packet, flow: Flow): void {
    this.storeOf(flow, packet.timeUs, packet);
  }

  onFlowEnd(flow: Flow, timeUs: number): void {
    this.storeOf(flow, timeUs, null);
  }

  private storeOf(flow: Flow, timeUs: number, packet: Packet | null): void {
    const state = applicationOf(flow);
    if (state === null || state.transactions.length !== 1) return;
    const [transaction] = state.transactions;
    if (!(transaction instanceof TlsTransaction) || transaction.storeWanted === 0) return;
    for (const [direction, { chain, certificate }] of transaction.sides.entries()) {
      const bit = 1 << direction;
      if ((transaction.storeWanted & bit) === 0 || chain.length === 0) continue;
      transaction.storeWanted &= ~bit;
      const { subject, issuer, fingerprint } = certificate ?? {};
      const note = this.noteOf(flow, direction, timeUs, packet, [
        ["TLS SUBJECT", textOf(subject)],
        ["TLS ISSUERDN", textOf(issuer)],
        ["TLS FINGERPRINT", textOf(fingerprint)],
      ]);
      const seconds = Math.floor(timeUs / 1_000_000);
      const name = `${seconds}.${Math.floor(timeUs % 1_000_000)}-${++this.count}`;
      this.sink.store(name, chain.map(pemOf).join(""), note);
    }
  }

  private noteOf(
    flow: Flow,
    direction: number,
    timeUs: number,
    packet: Packet | null,
    fields: readonly (readonly [string, string])[],
  ): string {
    const isToServer = direction === Direction.toServer;
    const source = isToServer ? flow.sourceWords : flow.destinationWords;
    const destination = isToServer ? flow.destinationWords : flow.sourceWords;
    const { sourcePort, destinationPort } = flow;
    const captureNumber = packet?.captureNumber ?? 0;
    const lines: (readonly [string, string])[] = [
      ["TIME", this.timestamps.format(timeUs)],
      ["SRC IP", addressToText(flow.ipVersion, source)],
      ["DST IP", addressToText(flow.ipVersion, destination)],
      ["PROTO", `${flow.protocol}`],
      ["SRC PORT", `${isToServer ? sourcePort : destinationPort}`],
      ["DST PORT", `${isToServer ? destinationPort : sourcePort}`],
    ];
    if (captureNumber > 0) lines.splice(1, 0, ["PCAP PKT NUM", `${captureNumber}`]);
    return [...lines, ...fields].map(([name, value]) => `${label(name)}${value}\n`).join("");
  }
}

function label(name: string): string {
  return `${name}:`.padEnd(LABEL_CHARACTERS);
}

function textOf(bytes: Uint8Array | undefined): string {
  return bytes === undefined ? "" : bytesToText(bytes, 0, bytes.length);
}

function pemOf(der: Uint8Array): string {
  const base64 = encodeBase64(der, 0, der.length);
  const lines: string[] = [];
  for (let at = 0; at < base64.length; at += BASE64_LINE_CHARACTERS) {
    lines.push(base64.slice(at, at + BASE64_LINE_CHARACTERS));
  }
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}
