import { describe, expect, it } from "vitest";
import { bytesToText } from "../../../../src/core/bytes/utf8.ts";
import {
  ALTERNATIVE_NAMES_MANY,
  ALTERNATIVE_NAMES_MAX,
} from "../../../../src/core/protocols/tls/alternative-names.ts";
import { readCertificate } from "../../../../src/core/protocols/tls/certificate.ts";
import { certificateTimeText } from "../../../../src/core/protocols/tls/certificate-time.ts";
import {
  ascii,
  type Bytes,
  COMMON_NAME,
  COUNTRY,
  certificate,
  commonName,
  concat,
  der,
  generalizedTime,
  name,
  oid,
  UNIT,
  utcTime,
} from "./wire.ts";

const text = (bytes: Bytes) => bytesToText(bytes, 0, bytes.length);

function read(bytes: Bytes) {
  const found = readCertificate(bytes, 0, bytes.length);
  if (typeof found === "string") throw new Error(found);
  return found;
}

const problemOf = (bytes: Bytes) => readCertificate(bytes, 0, bytes.length);

describe("a certificate", () => {
  it("has names, serial, times and fingerprint", () => {
    const found = read(certificate({ serial: [0x00, 0xab, 0x01] }));
    expect(text(found.subject)).toBe("CN=subject");
    expect(text(found.issuer)).toBe("CN=issuer");
    expect(text(found.serial)).toBe("00:AB:01");
    expect(certificateTimeText(found.notBeforeS)).toBe("2020-01-02T03:04:05");
    expect(text(found.fingerprint)).toMatch(/^([0-9a-f]{2}:){19}[0-9a-f]{2}$/);
  });

  it("names attributes of one set with plus, unknown ones by number, others in hexadecimal", () => {
    const subject = name(
      [[COUNTRY, "DE"]],
      [
        [COMMON_NAME, "a\0b"],
        [UNIT, "c"],
      ],
      [[oid(1, 3, 6, 1, 4, 1, 99999), "x"]],
      [[UNIT, der(0x03, [0x00, 0xfe])]],
    );
    expect(text(read(certificate({ subject })).subject)).toBe(
      "C=DE, CN=a\0b + OU=c, OID(1.3.6.1.4.1.99999)=x, OU=00FE",
    );
  });

  it("has years before 1970 and after 2049", () => {
    const notBefore = utcTime("691231000000Z");
    const notAfter = generalizedTime("20991231235959Z");
    const found = read(certificate({ notBefore, notAfter }));
    expect(certificateTimeText(found.notBeforeS)).toBe("1969-12-31T00:00:00");
    expect(certificateTimeText(found.notAfterS)).toBe("2099-12-31T23:59:59");
  });

  it("lists alternative names of all kinds", () => {
    const alternativeNames = [
      der(0x82, ascii("a.example")),
      der(0x87, [127, 0, 0, 1]),
      der(0x81, ascii("m@example.org")),
      der(0xa4, commonName("x")),
    ];
    const found = read(certificate({ alternativeNames }));
    expect(found.alternativeNames.map(text)).toEqual([
      "a.example",
      "[127, 0, 0, 1]",
      "RFC822Name(m@example.org)",
      "DirectoryName(CN=x)",
    ]);
  });

  it("keeps some of very many alternative names, and says so", () => {
    const of = (count: number) =>
      read(certificate({ alternativeNames: Array(count).fill(der(0x82, ascii("a"))) }));
    const many = of(ALTERNATIVE_NAMES_MANY);
    expect([many.alternativeNames.length, many.hasTooManyNames]).toEqual([
      ALTERNATIVE_NAMES_MAX,
      true,
    ]);
    expect(of(ALTERNATIVE_NAMES_MANY - 1).hasTooManyNames).toBe(false);
    expect(of(3).alternativeNames.length).toBe(3);
  });

  it("says what is wrong with it", () => {
    const whole = certificate();
    expect(problemOf(concat([0x30, 5, 0x30, 0x84, 0xff, 0xff, 0xff]))).toBe("length");
    expect(problemOf(concat([0x30, 6, 0x30, 0x84, 0xff, 0xff, 0xff, 0xfa]))).toBe("certificate");
    expect(problemOf(whole.slice(0, -4))).toBe("certificate");
    expect(problemOf(concat([0x02, 1, 0]))).toBe("der");
    expect(problemOf(certificate({ notBefore: utcTime("20x") }))).toBe("date");
    expect(problemOf(certificate({ notAfter: utcTime("200230000000Z") }))).toBe("date");
    expect(problemOf(certificate({ issuer: der(0x30, der(0x30)) }))).toBe("name");
  });
});
