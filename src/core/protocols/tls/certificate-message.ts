/**
 * The certificate message up to TLS 1.2 (RFC 5246 §7.4.2): a list of certificates, the side's own first. Only
 * that one is read; the others are kept as they are. A second message of a side is not looked at.
 */
import { readUint24 } from "../../bytes/endian.ts";
import { type CertificateProblem, readCertificate } from "./certificate.ts";
import type { TlsEventName } from "./events.ts";
import type { TlsSide, TlsTransaction } from "./transaction.ts";

/** Certificates of one chain that are kept. */
export const CHAIN_CERTIFICATES_MAX = 64;
const LENGTH_BYTES = 3;

const problemEvents: Readonly<Record<CertificateProblem, TlsEventName>> = {
  length: "certificate_invalid_length",
  version: "certificate_invalid_version",
  serial: "certificate_invalid_serial",
  algorithmIdentifier: "certificate_invalid_algorithmidentifier",
  name: "certificate_invalid_x509name",
  date: "certificate_invalid_date",
  extensions: "certificate_invalid_extensions",
  der: "certificate_invalid_der",
  certificate: "invalid_certificate",
};

/** Reads the message body in [start, end). */
export function takeCertificates(
  transaction: TlsTransaction,
  direction: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): void {
  const side = transaction.sides[direction]!;
  if (side.hasChain || end - start < LENGTH_BYTES) return;
  let at = start + LENGTH_BYTES;
  const listEnd = at + readUint24(bytes, start);
  if (listEnd > end) return;
  side.hasChain = true;
  for (let index = 0; at < listEnd; index++) {
    const from = at + LENGTH_BYTES;
    const length = from <= listEnd ? readUint24(bytes, at) : 0;
    if (from + length > listEnd) {
      transaction.note("invalid_certificate");
      return;
    }
    takeCertificate(transaction, side, index, bytes, from, from + length);
    at = from + length;
  }
}

function takeCertificate(
  transaction: TlsTransaction,
  side: TlsSide,
  index: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): void {
  if (index === 0) {
    const certificate = readCertificate(bytes, start, end);
    if (typeof certificate === "string") {
      transaction.note(problemEvents[certificate]);
      return;
    }
    side.certificate = certificate;
    if (certificate.hasTooManyNames) transaction.note("too_many_subject_alternative_names");
  }
  if (side.chain.length >= CHAIN_CERTIFICATES_MAX) return;
  const read = index === 0 ? side.certificate : null;
  side.chain.push(read?.bytes ?? bytes.slice(start, end));
}
