/**
 * The fields of an X.509 certificate (RFC 5280 §4.1) that rules and events show: names, serial, validity,
 * alternative names, fingerprint. Signatures and keys are not looked into. A walk over DER of our own: a general
 * ASN.1 library decodes everything into trees and throws on hostile input; this reads a dozen elements.
 */
import { bytesToHex } from "../../bytes/hex.ts";
import { latin1ToBytes } from "../../bytes/latin1.ts";
import { Sha1 } from "../../bytes/sha1.ts";
import { textToUtf8 } from "../../bytes/utf8.ts";
import { type AlternativeNames, alternativeNames, noNames } from "./alternative-names.ts";
import { parseCertificateTime } from "./certificate-time.ts";
import { DerProblem, DerTag, DerWalk } from "./der.ts";
import { distinguishedName } from "./distinguished-name.ts";

/** Why a certificate cannot be read. */
export type CertificateProblem =
  | "length"
  | "version"
  | "serial"
  | "algorithmIdentifier"
  | "name"
  | "date"
  | "extensions"
  | "der"
  | "certificate";

export interface Certificate {
  /** UTF-8. */
  readonly subject: Uint8Array;
  readonly issuer: Uint8Array;
  /** ASCII, "AA:BB:..". */
  readonly serial: Uint8Array;
  /** ASCII, "aa:bb:.." of SHA-1; computed when asked for. */
  readonly fingerprint: Uint8Array;
  /** The whole certificate. */
  readonly bytes: Uint8Array;
  /** Seconds of the Unix epoch. */
  readonly notBeforeS: number;
  readonly notAfterS: number;
  readonly alternativeNames: readonly Uint8Array[];
  readonly hasTooManyNames: boolean;
}

const TAG_VERSION = 0xa0;
const TAG_EXTENSIONS = 0xa3;

/** Reads the certificate in [start, end); bytes after it do not matter. */
export function readCertificate(
  bytes: Uint8Array,
  start: number,
  end: number,
): Certificate | CertificateProblem {
  const outer = new DerWalk(bytes, start, end);
  if (!outer.expect(DerTag.sequence)) return derProblem(outer);
  const parts = outer.inside();
  if (!parts.expect(DerTag.sequence)) return derProblem(parts);
  const fields = readFields(parts.inside());
  if (typeof fields === "string") return fields;
  if (!parts.expect(DerTag.sequence)) return "algorithmIdentifier";
  if (!parts.expect(DerTag.bitString)) return "der";
  return new KnownCertificate(fields, bytes.slice(start, end));
}

type CertificateFields = Omit<Certificate, "fingerprint" | "bytes">;

class KnownCertificate implements Certificate {
  readonly subject: Uint8Array;
  readonly issuer: Uint8Array;
  readonly serial: Uint8Array;
  readonly notBeforeS: number;
  readonly notAfterS: number;
  readonly alternativeNames: readonly Uint8Array[];
  readonly hasTooManyNames: boolean;
  readonly bytes: Uint8Array;
  private digest: Uint8Array | null = null;

  constructor(fields: CertificateFields, bytes: Uint8Array) {
    this.subject = fields.subject;
    this.issuer = fields.issuer;
    this.serial = fields.serial;
    this.notBeforeS = fields.notBeforeS;
    this.notAfterS = fields.notAfterS;
    this.alternativeNames = fields.alternativeNames;
    this.hasTooManyNames = fields.hasTooManyNames;
    this.bytes = bytes;
  }

  get fingerprint(): Uint8Array {
    this.digest ??= fingerprintOf(this.bytes, 0, this.bytes.length);
    return this.digest;
  }
}

function readFields(walk: DerWalk): CertificateFields | CertificateProblem {
  const { bytes } = walk;
  if (walk.nextTag === TAG_VERSION) {
    if (!walk.next() || !walk.inside().expect(DerTag.integer)) return "version";
  }
  if (!walk.expect(DerTag.integer)) return "serial";
  const serial = colonHex(bytes, walk.start, walk.end).toUpperCase();
  if (!walk.expect(DerTag.sequence) || !walk.inside().expect(DerTag.oid)) {
    return "algorithmIdentifier";
  }
  const issuer = readName(walk);
  if (issuer === null) return "name";
  const validity = readValidity(walk);
  if (validity === null) return "date";
  const subject = readName(walk);
  if (subject === null) return "name";
  if (!walk.expect(DerTag.sequence)) return "certificate";
  const names = readExtensions(walk);
  if (names === null) return "extensions";
  return {
    subject: textToUtf8(subject),
    issuer: textToUtf8(issuer),
    serial: latin1ToBytes(serial),
    notBeforeS: validity[0],
    notAfterS: validity[1],
    alternativeNames: names.names,
    hasTooManyNames: names.areTooMany,
  };
}

function readName(walk: DerWalk): string | null {
  return walk.expect(DerTag.sequence) ? distinguishedName(walk.bytes, walk.start, walk.end) : null;
}

function readValidity(walk: DerWalk): readonly [number, number] | null {
  if (!walk.expect(DerTag.sequence)) return null;
  const times = walk.inside();
  const notBefore = times.next() ? parseCertificateTime(times) : null;
  const notAfter = times.next() ? parseCertificateTime(times) : null;
  return notBefore === null || notAfter === null ? null : [notBefore, notAfter];
}

/** Alternative names of the subject; null when the extensions are broken. */
function readExtensions(walk: DerWalk): AlternativeNames | null {
  while (!walk.isAtEnd) {
    if (!walk.next()) return null;
    if (walk.tag !== TAG_EXTENSIONS) continue;
    const list = walk.inside();
    return list.expect(DerTag.sequence) ? alternativeNames(list.inside()) : null;
  }
  return noNames;
}

/** Of the two outer sequences; in fields only the field counts. */
function derProblem({ problem }: DerWalk): CertificateProblem {
  if (problem === DerProblem.cutHeader) return "length";
  return problem === DerProblem.cutContents ? "certificate" : "der";
}

function fingerprintOf(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const hash = new Sha1();
  const digest = new Uint8Array(hash.digestLength);
  hash.update(bytes, start, end);
  hash.digest(digest, 0);
  return latin1ToBytes(colonHex(digest, 0, digest.length));
}

function colonHex(bytes: Uint8Array, start: number, end: number): string {
  const pairs: string[] = [];
  for (let i = start; i < end; i++) pairs.push(bytesToHex(bytes, i, i + 1));
  return pairs.join(":");
}
