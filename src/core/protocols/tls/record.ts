/** EVE `tls`, as an event and as a part of alerts. */
import { encodeBase64 } from "../../bytes/base64.ts";
import { bytesToLatin1 } from "../../bytes/latin1.ts";
import { bytesToText } from "../../bytes/utf8.ts";
import type { JsonWriter } from "../../eve/json-writer.ts";
import { defineRecord, type RecordContext } from "../record.ts";
import type { Settings } from "../settings.ts";
import type { HelloFields } from "../tls-hello/hello-fields.ts";
import type { Ja3 } from "../tls-hello/ja3.ts";
import { TlsVersion, tlsVersionName } from "../tls-hello/versions.ts";
import { certificateTimeText } from "./certificate-time.ts";
import {
  ClientState,
  HandshakeMark,
  ServerState,
  type TlsSide,
  type TlsTransaction,
} from "./transaction.ts";

const basicFields = ["subject", "issuer", "subjectaltname"] as const;
const extendedFields = [
  ...basicFields,
  "version",
  "serial",
  "fingerprint",
  "not_before",
  "not_after",
  "ja3",
  "ja3s",
  "ja4",
  "client",
  "client_alpns",
  "server_alpns",
  "sni",
] as const;

/** Options of the event type. */
const optionNames = ["extended", "custom", "session-resumption", "enabled"];

type FieldWriter = (
  writer: JsonWriter,
  transaction: TlsTransaction,
  wanted: ReadonlySet<string>,
) => void;

/** Fields by their names in `custom`, in the order in which they are written. */
const fieldWriters: readonly (readonly [string, FieldWriter])[] = [
  ["subject", (writer, { server }) => text(writer, "subject", server.certificate?.subject)],
  ["issuer", (writer, { server }) => text(writer, "issuerdn", server.certificate?.issuer)],
  [
    "subjectaltname",
    (writer, { server }) =>
      texts(writer, "subjectaltname", server.certificate?.alternativeNames ?? []),
  ],
  ["session_resumed", writeResumed],
  ["serial", (writer, { server }) => text(writer, "serial", server.certificate?.serial)],
  [
    "fingerprint",
    (writer, { server }) => text(writer, "fingerprint", server.certificate?.fingerprint),
  ],
  ["sni", (writer, { client }) => text(writer, "sni", client.hello?.sni)],
  ["version", (writer, transaction) => writer.string("version", versionName(transaction))],
  ["not_before", (writer, { server }) => time(writer, "notbefore", server.certificate?.notBeforeS)],
  ["not_after", (writer, { server }) => time(writer, "notafter", server.certificate?.notAfterS)],
  ["certificate", (writer, { server }) => writeCertificate(writer, server)],
  ["chain", (writer, { server }) => writeChain(writer, server)],
  ["ja3", (writer, { client }) => writeJa3(writer, "ja3", client.ja3)],
  ["ja3s", (writer, { server }) => writeJa3(writer, "ja3s", server.ja3)],
  ["ja4", (writer, { client }) => text(writer, "ja4", client.ja4)],
  [
    "client_alpns",
    (writer, { client }) => texts(writer, "client_alpns", client.hello?.alpns ?? []),
  ],
  [
    "server_alpns",
    (writer, { server }) => texts(writer, "server_alpns", server.hello?.alpns ?? []),
  ],
  ["client_handshake", (writer, { client }) => writeClientHandshake(writer, client.hello)],
  ["server_handshake", (writer, { server }) => writeServerHandshake(writer, server.hello)],
  ["client", writeClient],
];

export const tlsRecord = defineRecord<TlsTransaction>({
  type: "tls",
  summary: "The handshake of a connection.",
  progress: [ClientState.handshakeDone, ServerState.handshakeDone],
  fields: {
    "tls.subject": "subject of the server's certificate",
    "tls.issuerdn": "issuer of the server's certificate",
    "tls.subjectaltname": "alternative names in the server's certificate",
    "tls.session_resumed": "the handshake took up an earlier session",
    "tls.serial": "serial number of the server's certificate",
    "tls.fingerprint": "SHA-1 of the server's certificate",
    "tls.sni": "name of the server that the client asks for",
    "tls.version": "version that the server chose, before its answer what the client asks for",
    "tls.notbefore": "begin of the certificate's validity, UTC",
    "tls.notafter": "end of the certificate's validity, UTC",
    "tls.ja3": "JA3 of the client's hello: hash and string",
    "tls.ja3s": "JA3S of the server's hello: hash and string",
    "tls.ja4": "JA4 of the client's hello",
    "tls.client_alpns": "application protocols that the client offers",
    "tls.server_alpns": "application protocol that the server takes",
    "tls.client": "the client's certificate",
    "tls.from_proto": "protocol before the change to TLS",
  },
  count(transaction, { options }) {
    const { server, mayBeResumed, hidesCertificates } = transaction;
    const isDue = server.certificate !== null || (mayBeResumed && wantsResumed(options));
    return isDue || hidesCertificates ? 1 : 0;
  },
  write(writer, transaction, _, { options, originalProtocol }) {
    writer.beginObject("tls");
    writeFields(writer, transaction, wantedFields(options));
    if (originalProtocol !== null) writer.string("from_proto", originalProtocol);
    writer.endObject();
  },
});

const alertFields: ReadonlySet<string> = new Set(extendedFields);

export function writeTlsAlertFields(
  writer: JsonWriter,
  transaction: TlsTransaction,
  _: RecordContext,
): void {
  writer.beginObject("tls");
  writeFields(writer, transaction, alertFields);
  writer.endObject();
}

/** Sessions taken up are reported unless switched off, and never by a bare `- tls` in the list of types. */
function wantsResumed(options: Settings): boolean {
  return (
    optionNames.some((name) => options.has(name)) && options.switch("session-resumption", true)
  );
}

function wantedFields(options: Settings): ReadonlySet<string> {
  const custom = options.list("custom").map((name) => name.toLowerCase());
  const isExtended = options.switch("extended", false);
  const wanted = new Set<string>(
    options.has("custom") ? custom : isExtended ? extendedFields : basicFields,
  );
  if (wantsResumed(options)) wanted.add("session_resumed");
  if (wanted.has("client_certificate") || wanted.has("client_chain")) wanted.add("client");
  return wanted;
}

function writeFields(
  writer: JsonWriter,
  transaction: TlsTransaction,
  wanted: ReadonlySet<string>,
): void {
  for (const [name, write] of fieldWriters) {
    if (wanted.has(name)) write(writer, transaction, wanted);
  }
}

/** What the server chose; before its answer what the client asks for. */
function versionName({ client, server }: TlsTransaction): string {
  return tlsVersionName(server.version === TlsVersion.unknown ? client.version : server.version);
}

/** A session is resumed when the server answered without a certificate, in a version that would show one. */
function writeResumed(writer: JsonWriter, transaction: TlsTransaction): void {
  const { server, mayBeResumed, hidesCertificates, seen } = transaction;
  if (!mayBeResumed || hidesCertificates || server.certificate !== null) return;
  if ((seen & HandshakeMark.serverHello) !== 0) writer.boolean("session_resumed", true);
}

function writeClient(
  writer: JsonWriter,
  { client }: TlsTransaction,
  wanted: ReadonlySet<string>,
): void {
  const { certificate } = client;
  if (certificate === null) return;
  writer.beginObject("client");
  text(writer, "subject", certificate.subject);
  text(writer, "issuerdn", certificate.issuer);
  text(writer, "fingerprint", certificate.fingerprint);
  text(writer, "serial", certificate.serial);
  time(writer, "notbefore", certificate.notBeforeS);
  time(writer, "notafter", certificate.notAfterS);
  if (wanted.has("client_certificate")) writeCertificate(writer, client);
  if (wanted.has("client_chain")) writeChain(writer, client);
  writer.endObject();
}

function writeCertificate(writer: JsonWriter, { chain }: TlsSide): void {
  const [first] = chain;
  if (first !== undefined) writer.base64("certificate", first, 0, first.length);
}

function writeChain(writer: JsonWriter, { chain }: TlsSide): void {
  if (chain.length === 0) return;
  writer.beginArray("chain");
  for (const der of chain) writer.stringItem(encodeBase64(der, 0, der.length));
  writer.endArray();
}

function writeJa3(writer: JsonWriter, name: string, ja3: Ja3 | null): void {
  if (ja3 === null) return;
  writer.beginObject(name);
  text(writer, "hash", ja3.hash);
  writer.string("string", bytesToLatin1(ja3.text, 0, ja3.text.length));
  writer.endObject();
}

function writeClientHandshake(writer: JsonWriter, hello: HelloFields | null): void {
  if (hello === null) return;
  writer.beginObject("client_handshake");
  writer.string("version", tlsVersionName(hello.offeredVersion));
  numbers(writer, "ciphers", hello.ciphers);
  numbers(writer, "exts", hello.extensions);
  numbers(writer, "sig_algs", hello.signatureAlgorithms);
  writer.endObject();
}

function writeServerHandshake(writer: JsonWriter, hello: HelloFields | null): void {
  if (hello === null) return;
  writer.beginObject("server_handshake");
  writer.string("version", tlsVersionName(hello.offeredVersion));
  const [cipher] = hello.ciphers;
  if (cipher !== undefined) writer.number("cipher", cipher);
  numbers(writer, "exts", hello.extensions);
  writer.endObject();
}

function text(writer: JsonWriter, name: string, value: Uint8Array | null | undefined): void {
  if (value !== null && value !== undefined) writer.bytes(name, value, 0, value.length);
}

function texts(writer: JsonWriter, name: string, values: readonly Uint8Array[]): void {
  if (values.length === 0) return;
  writer.beginArray(name);
  for (const value of values) writer.stringItem(bytesToText(value, 0, value.length));
  writer.endArray();
}

function numbers(writer: JsonWriter, name: string, values: readonly number[]): void {
  if (values.length === 0) return;
  writer.beginArray(name);
  for (const value of values) writer.numberItem(value);
  writer.endArray();
}

/** The epoch itself stands for a time that is not there. */
function time(writer: JsonWriter, name: string, seconds: number | undefined): void {
  if (seconds !== undefined && seconds !== 0) writer.string(name, certificateTimeText(seconds));
}
