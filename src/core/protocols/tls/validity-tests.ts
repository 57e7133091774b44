/** `tls_cert_notbefore`, `tls_cert_notafter`, `tls_cert_valid`, `tls_cert_expired`: when a certificate holds. */
import type { OptionText, TextPiece } from "../../rule/option-text.ts";
import { defineTest, type ProtocolTest, type TestSource, testSource } from "../test.ts";
import type { Certificate } from "./certificate.ts";
import { utcSeconds } from "./certificate-time.ts";
import { ClientState, ServerState, type TlsTransaction } from "./transaction.ts";

/** Ends included; seconds of the Unix epoch. */
interface TimeRange {
  readonly fromS: number;
  readonly toS: number;
}

const family = "tls";
const DATE = /^(\d{4})(?:-(\d\d?)(?:-(\d\d?)(?:[ T]+(\d\d?)(?::(\d\d?)(?::(\d\d?))?)?)?)?)?$/;
const OPERATORS = /^(<|>)?([^<>]+)(?:<>([^<>]+))?$/;

const notBefore = timeTest("tls_cert_notbefore", "The certificate begins to hold at this time.");
const notAfter = timeTest("tls_cert_notafter", "The certificate ceases to hold at this time.");
const valid = flagTest(
  "tls_cert_valid",
  "The certificate has not expired at the time of the packet.",
);
const expired = flagTest(
  "tls_cert_expired",
  "The certificate has expired at the time of the packet.",
);

export const validityTestSources: readonly TestSource[] = [
  ...sources(notBefore, ({ notBeforeS }, range) => isIn(notBeforeS, range)),
  ...sources(notAfter, ({ notAfterS }, range) => isIn(notAfterS, range)),
  ...sources(valid, ({ notAfterS }, _, nowS) => notAfterS !== 0 && nowS <= notAfterS),
  ...sources(expired, ({ notAfterS }, _, nowS) => notAfterS !== 0 && nowS > notAfterS),
];

/** The epoch itself stands for a time that is not there. */
function isIn(seconds: number, { fromS, toS }: TimeRange): boolean {
  return seconds !== 0 && seconds >= fromS && seconds <= toS;
}

function sources<Value>(
  test: ProtocolTest<Value>,
  run: (certificate: Certificate, value: Value, nowS: number) => boolean,
): readonly TestSource[] {
  return ([0, 1] as const).map((direction) =>
    testSource(test, {
      side: direction === 0 ? "toServer" : "toClient",
      progress: direction === 0 ? ClientState.certificateDone : ServerState.certificateDone,
      run: (transaction: TlsTransaction, value) => {
        const { certificate } = transaction.sides[direction];
        const nowS = Math.floor(transaction.lastUs / 1_000_000);
        return certificate !== null && run(certificate, value, nowS);
      },
    }),
  );
}

function flagTest(name: string, summary: string): ProtocolTest<void> {
  return defineTest<void>({
    name,
    family,
    summary,
    syntax: name,
    argument: "none",
    examples: [{ options: `${name};`, meaning: "by its dates only" }],
    parse: (option) => option.requireNone(),
  });
}

function timeTest(name: string, summary: string): ProtocolTest<TimeRange> {
  return defineTest<TimeRange>({
    name,
    family,
    summary,
    syntax: `${name}:[<|>]DATE | DATE<>DATE`,
    argument: "required",
    examples: [
      { options: `${name}:<2016-10-01T00:00;`, meaning: "not later than then" },
      { options: `${name}:2015-10-22<>2016-10-22;`, meaning: "in that year, ends included" },
    ],
    parse: parseRange,
  });
}

function parseRange(option: OptionText): TimeRange {
  const [, operator, first = "", second] = OPERATORS.exec(option.required()) ?? [];
  const { whole } = option;
  if (first === "" || (operator !== undefined && second !== undefined)) {
    return option.failAt(whole, "bad-date", `"${whole.text}" is no date and no range of dates`);
  }
  const fromS = parseDate(option, whole, first.trim());
  if (second !== undefined) {
    const toS = parseDate(option, whole, second.trim());
    if (toS > fromS) return { fromS, toS };
    return option.failAt(whole, "bad-range", "the second date must be later than the first");
  }
  if (operator === "<") return { fromS: Number.NEGATIVE_INFINITY, toS: fromS };
  if (operator === ">") return { fromS, toS: Number.POSITIVE_INFINITY };
  return { fromS, toS: fromS };
}

/** A date of any precision, or seconds of the epoch. */
function parseDate(option: OptionText, place: TextPiece, text: string): number {
  const parts = DATE.exec(text);
  if (parts === null || parts[2] === undefined) {
    if (/^\d{1,12}$/.test(text)) return Number(text);
    return option.failAt(place, "bad-date", `"${text}" is no date`);
  }
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts
    .slice(1)
    .map((part) => (part === undefined ? undefined : Number(part)));
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60) {
    return option.failAt(place, "bad-date", `"${text}" is no date`);
  }
  return utcSeconds(year, month, day, hour, minute, second);
}
