/** The old tests of certificates: `tls.subject`, `tls.issuerdn`, `tls.fingerprint`, as texts with a negation. */
import { textToUtf8 } from "../../bytes/utf8.ts";
import type { OptionText } from "../../rule/option-text.ts";
import { unescapeText } from "../../rule/option-text.ts";
import { defineTest, type ProtocolTest, type TestSource, testSource } from "../test.ts";
import type { Certificate } from "./certificate.ts";
import { ServerState, type TlsTransaction } from "./transaction.ts";

interface NameTest {
  readonly text: Uint8Array;
  readonly negated: boolean;
}

const tlsSubject = nameTest(
  "tls.subject",
  "The server's certificate has this text in its subject.",
);
const tlsIssuer = nameTest("tls.issuerdn", "The server's certificate has this text in its issuer.");
const tlsFingerprint = defineTest<NameTest>({
  name: "tls.fingerprint",
  family: "tls",
  summary: "The server's certificate has this SHA-1.",
  syntax: 'tls.fingerprint:[!]"aa:bb:..."',
  argument: "required",
  examples: [
    {
      options: 'tls.fingerprint:"4a:a3:66:76:82:cb:6b:23:bb:c3:58:47:23:a4:63:a7:78:a4:a1:18";',
      meaning: "a certificate",
    },
  ],
  parse(option) {
    const { text, negated } = option.quoted({ quotes: "optional", negation: "allowed" });
    return { text: textToUtf8(text.toLowerCase()), negated };
  },
});

function nameTest(name: string, summary: string): ProtocolTest<NameTest> {
  return defineTest<NameTest>({
    name,
    family: "tls",
    summary,
    syntax: `${name}:[!]"text"`,
    argument: "required",
    examples: [
      { options: `${name}:"CN=example.org";`, meaning: "somewhere in the name" },
      { options: `${name}:!"O=Example";`, meaning: "nowhere in the name" },
    ],
    parse: parseName,
  });
}

function parseName(option: OptionText): NameTest {
  const { text, negated } = option.quoted({ quotes: "optional", negation: "allowed" });
  return { text: textToUtf8(unescapeText(text)), negated };
}

export const nameTestSources: readonly TestSource[] = [
  onServer(tlsSubject, ({ subject }, text) => contains(subject, text)),
  onServer(tlsIssuer, ({ issuer }, text) => contains(issuer, text)),
  onServer(tlsFingerprint, ({ fingerprint }, text) => isSame(fingerprint, text)),
];

function onServer(
  test: ProtocolTest<NameTest>,
  run: (certificate: Certificate, text: Uint8Array) => boolean,
): TestSource {
  return testSource(test, {
    side: "toClient",
    progress: ServerState.certificateDone,
    run: ({ server }: TlsTransaction, { text, negated }) =>
      server.certificate !== null && run(server.certificate, text) !== negated,
  });
}

function contains(bytes: Uint8Array, wanted: Uint8Array): boolean {
  for (let at = 0; at + wanted.length <= bytes.length; at++) {
    if (wanted.every((byte, i) => byte === bytes[at + i])) return true;
  }
  return false;
}

function isSame(bytes: Uint8Array, wanted: Uint8Array): boolean {
  return bytes.length === wanted.length && contains(bytes, wanted);
}
