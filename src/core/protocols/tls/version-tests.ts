/** `tls.version`, `ssl_version`, `ssl_state`: the version of a side, and which message came last. */
import type { OptionText } from "../../rule/option-text.ts";
import { defineTest } from "../test.ts";
import { TlsVersion } from "../tls-hello/versions.ts";
import { HandshakeMark } from "./transaction.ts";

const family = "tls";
/** Drafts of TLS 1.3 have this first byte. */
const DRAFT = 0x7f;

export type VersionTest = (version: number) => boolean;

const numbered: ReadonlyMap<string, number> = new Map([
  ["1.0", TlsVersion.tls10],
  ["1.1", TlsVersion.tls11],
  ["1.2", TlsVersion.tls12],
  ["1.3", TlsVersion.tls13],
]);

const named: ReadonlyMap<string, number> = new Map([
  ["sslv2", TlsVersion.ssl2],
  ["sslv3", TlsVersion.ssl3],
  ["tls1.0", TlsVersion.tls10],
  ["tls1.1", TlsVersion.tls11],
  ["tls1.2", TlsVersion.tls12],
  ["tls1.3", TlsVersion.tls13],
]);

const marks: ReadonlyMap<string, number> = new Map([
  ["client_hello", HandshakeMark.clientHello],
  ["server_hello", HandshakeMark.serverHello],
  ["client_keyx", HandshakeMark.clientKeyExchange],
  ["server_keyx", HandshakeMark.serverKeyExchange],
  ["unknown", HandshakeMark.unknown],
]);

export const tlsVersion = defineTest<VersionTest>({
  name: "tls.version",
  family,
  summary: "Tests the version that the side asks for or chose; 1.3 takes its drafts too.",
  syntax: "tls.version:1.0|1.1|1.2|1.3|0xHHHH",
  argument: "required",
  examples: [
    { options: "tls.version:1.2;", meaning: "TLS 1.2" },
    { options: "tls.version:0x7f12;", meaning: "draft 18 of TLS 1.3" },
  ],
  parse(option) {
    const text = option.required().replace(/^"(.*)"$/, "$1");
    if (/^0x[0-9a-f]{4}$/i.test(text)) {
      const wanted = Number(text);
      return (version) => version === wanted;
    }
    const wanted = numbered.get(text);
    if (wanted === undefined) {
      return option.failAt(option.whole, "unknown-value", `unknown version "${text}"`);
    }
    return (version) => settled(version) === wanted;
  },
});

/** Drafts count as the version they became. */
function settled(version: number): number {
  return version >> 8 === DRAFT ? TlsVersion.tls13 : version;
}

export const sslVersion = defineTest<VersionTest>({
  name: "ssl_version",
  family,
  summary: "Tests whether the version of the side is one of a list.",
  syntax: "ssl_version:[!]VERSION[,VERSION...]",
  argument: "required",
  examples: [
    { options: "ssl_version:sslv3,tls1.0;", meaning: "SSL 3.0 or TLS 1.0" },
    { options: "ssl_version:!tls1.2,tls1.3;", meaning: "neither TLS 1.2 nor TLS 1.3" },
  ],
  parse(option) {
    const isNegated = option.required().startsWith("!");
    const wanted = new Set<number>();
    for (const word of option
      .required()
      .slice(isNegated ? 1 : 0)
      .split(/[\s,]+/)) {
      if (word === "") continue;
      const version = named.get(word.toLowerCase());
      if (version === undefined) {
        return option.failAt(option.whole, "unknown-value", `unknown version "${word}"`);
      }
      if (wanted.has(version)) {
        return option.failAt(option.whole, "duplicate-value", `"${word}" is there twice`);
      }
      wanted.add(version);
    }
    const known = new Set(named.values());
    return (version) => {
      const found = settled(version);
      return known.has(found) && wanted.has(found) !== isNegated;
    };
  },
});

export interface StateTest {
  readonly marks: number;
  /** Those of `marks` that must not be there. */
  readonly negated: number;
}

export const sslState = defineTest<StateTest>({
  name: "ssl_state",
  family,
  summary: "Tests which message of the handshake came last.",
  syntax: "ssl_state:[!]STATE[|[!]STATE...]",
  argument: "required",
  examples: [
    { options: "ssl_state:client_hello;", meaning: "the client's hello" },
    { options: "ssl_state:server_hello|server_keyx;", meaning: "one of the two" },
  ],
  parse: parseStates,
});

function parseStates(option: OptionText): StateTest {
  option.required();
  let wanted = 0;
  let negated = 0;
  for (const piece of option.raw.includes("|") ? option.split("|") : option.split(",")) {
    const isNegated = piece.text.startsWith("!");
    const name = piece.text.slice(isNegated ? 1 : 0).trim();
    const mark = marks.get(name.toLowerCase());
    if (mark === undefined) {
      return option.failAt(piece, "unknown-value", `unknown state "${name}"`);
    }
    wanted |= mark;
    if (isNegated) negated |= mark;
  }
  return { marks: wanted, negated };
}
