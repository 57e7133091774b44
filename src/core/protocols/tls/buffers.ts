/** Buffers of TLS: names and protocols asked for, random values, fields of certificates, fingerprints. */
import { type BufferSource, bufferSource, defineBuffer, type ProtocolBuffer } from "../buffer.ts";
import type { FlowSide } from "../direction.ts";
import { ja3Hash, ja3String, ja3sHash, ja3sString, ja4Hash } from "../tls-hello/buffers.ts";
import { ClientState, ServerState, type TlsSide, type TlsTransaction } from "./transaction.ts";

const family = "tls";
const FINGERPRINT_CHARACTERS = 59;
const RANDOM_TIME_BYTES = 4;
const COLON = 0x3a;

const tlsSni = defineBuffer({
  name: "tls.sni",
  aliases: ["tls_sni"],
  family,
  summary: "The name of the server that the client asks for.",
});
const tlsAlpn = defineBuffer({
  name: "tls.alpn",
  family,
  since: "8.0.0",
  summary: "Each application protocol that the client offers, and the one that the server takes.",
  multi: true,
});
const tlsRandom = defineBuffer({
  name: "tls.random",
  family,
  summary: "The 32 random bytes of the hello.",
});
const tlsRandomTime = defineBuffer({
  name: "tls.random_time",
  family,
  summary: "The first four random bytes of the hello, once a time.",
});
const tlsRandomBytes = defineBuffer({
  name: "tls.random_bytes",
  family,
  summary: "The last 28 random bytes of the hello.",
});
const tlsCertSubject = defineBuffer({
  name: "tls.cert_subject",
  aliases: ["tls_cert_subject"],
  family,
  summary: "The subject of the certificate.",
});
const tlsCertIssuer = defineBuffer({
  name: "tls.cert_issuer",
  aliases: ["tls_cert_issuer"],
  family,
  summary: "The issuer of the certificate.",
});
const tlsCertSerial = defineBuffer({
  name: "tls.cert_serial",
  aliases: ["tls_cert_serial"],
  family,
  summary: "The serial number of the certificate, as AA:BB:CC.",
  foldsContents: "upper",
});
const tlsCertFingerprint = defineBuffer({
  name: "tls.cert_fingerprint",
  aliases: ["tls_cert_fingerprint"],
  family,
  summary: "The SHA-1 of the certificate, as aa:bb:cc.",
  exampleContent: "4a:a3:66:76:82:cb:6b:23:bb:c3:58:47:23:a4:63:a7:78:a4:a1:18",
  foldsContents: "lower",
  refuses: refusesFingerprint,
});
const tlsCerts = defineBuffer({
  name: "tls.certs",
  family,
  summary: "Each certificate of the chain as it was sent.",
  multi: true,
});
const tlsSubjectAltName = defineBuffer({
  name: "tls.subjectaltname",
  family,
  since: "8.0.0",
  summary: "Each alternative name of the certificate.",
  multi: true,
});

function refusesFingerprint(pattern: Uint8Array): string | null {
  if (pattern.length !== FINGERPRINT_CHARACTERS) {
    return `a fingerprint has ${FINGERPRINT_CHARACTERS} characters, this content ${pattern.length}: it never matches`;
  }
  const isApart = pattern.every((byte, i) => (byte === COLON) === (i % 3 === 2));
  return isApart ? null : "a fingerprint has a colon after every second digit";
}

type Reader = (side: TlsSide, index: number) => Uint8Array | null | undefined;

export const tlsBuffers: readonly BufferSource[] = [
  onHello(tlsSni, "toServer", ({ hello }) => hello?.sni),
  ...onHellos(tlsRandom, ({ hello }) => hello?.random),
  ...onHellos(tlsRandomTime, ({ hello }) => hello?.random?.subarray(0, RANDOM_TIME_BYTES)),
  ...onHellos(tlsRandomBytes, ({ hello }) => hello?.random?.subarray(RANDOM_TIME_BYTES)),
  ...onHellos(tlsAlpn, ({ hello }, index) => hello?.alpns[index]),
  onHello(ja3Hash, "toServer", ({ ja3 }) => ja3?.hash),
  onHello(ja3String, "toServer", ({ ja3 }) => ja3?.text),
  onHello(ja3sHash, "toClient", ({ ja3 }) => ja3?.hash),
  onHello(ja3sString, "toClient", ({ ja3 }) => ja3?.text),
  onHello(ja4Hash, "toServer", ({ ja4 }) => ja4),
  ...onCertificates(tlsCertSubject, ({ certificate }) => certificate?.subject),
  ...onCertificates(tlsCertIssuer, ({ certificate }) => certificate?.issuer),
  ...onCertificates(tlsCertSerial, ({ certificate }) => certificate?.serial),
  ...onCertificates(tlsCertFingerprint, ({ certificate }) => certificate?.fingerprint),
  ...onCertificates(tlsCerts, ({ chain }, index) => chain[index]),
  sourceOf(tlsSubjectAltName, "toClient", ServerState.certificateDone, (side, index) => {
    return side.certificate?.alternativeNames[index];
  }),
];

function onHellos(buffer: ProtocolBuffer, read: Reader): readonly BufferSource[] {
  return [onHello(buffer, "toServer", read), onHello(buffer, "toClient", read)];
}

function onHello(buffer: ProtocolBuffer, side: FlowSide, read: Reader): BufferSource {
  const state = side === "toServer" ? ClientState.helloDone : ServerState.hello;
  return sourceOf(buffer, side, state, read);
}

function onCertificates(buffer: ProtocolBuffer, read: Reader): readonly BufferSource[] {
  return [
    sourceOf(buffer, "toServer", ClientState.certificateDone, read),
    sourceOf(buffer, "toClient", ServerState.certificateDone, read),
  ];
}

function sourceOf(
  buffer: ProtocolBuffer,
  side: FlowSide,
  progress: number,
  read: Reader,
): BufferSource {
  const isMulti = buffer.multi === true;
  return bufferSource<TlsTransaction>(buffer, {
    side,
    progress,
    read: (transaction, index, view) => {
      if (index > 0 && !isMulti) return false;
      const speaker = side === "toServer" ? transaction.client : transaction.server;
      return view.setOrAbsent(read(speaker, index) ?? null);
    },
  });
}
