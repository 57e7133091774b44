/** Tests of FTP that are no buffers: the data connection that was agreed on, whether a reply came, the bounce. */
import {
  matchesNumber,
  type NumberComparison,
  parseNumberComparison,
} from "../../rule/number-comparison.ts";
import type { FlowSide } from "../direction.ts";
import { defineTest, type ProtocolTest, type TestSource, testSource } from "../test.ts";
import { FtpState, type FtpTransaction, hasMode } from "./transaction.ts";

const family = "ftp";
const since = "8.0.0";

const dynamicPort = defineTest<NumberComparison>({
  name: "ftp.dynamic_port",
  family,
  since,
  summary: "Compares the port of the data connection that was agreed on.",
  syntax: "ftp.dynamic_port:[op]N",
  argument: "required",
  examples: [{ options: "ftp.dynamic_port:>1024;", meaning: "a port above 1024" }],
  parse: (option) => parseNumberComparison(option, { bits: 16 }),
});

const mode = defineTest<"active" | "passive">({
  name: "ftp.mode",
  family,
  since,
  summary: "Tells who opens the data connection: the server (active) or the client (passive).",
  syntax: "ftp.mode:active|passive",
  argument: "required",
  examples: [{ options: "ftp.mode:passive;", meaning: "the client opens data connections" }],
  parse: (option) => option.oneOf(option.whole, ["active", "passive"], "mode"),
});

const yesNames = ["yes", "true", "1", "on"];

const replyReceived = defineTest<boolean>({
  name: "ftp.reply_received",
  family,
  since,
  summary: "Tells whether the command was answered.",
  syntax: "ftp.reply_received:yes|no",
  argument: "required",
  examples: [{ options: "ftp.reply_received:no;", meaning: "a command without an answer" }],
  parse: (option) =>
    yesNames.includes(
      option.oneOf(option.whole, [...yesNames, "no", "false", "0", "off"], "answer"),
    ),
});

const bounce = defineTest<null>({
  name: "ftpbounce",
  family,
  summary: "Holds when PORT names another host than the client.",
  syntax: "ftpbounce",
  argument: "none",
  examples: [{ options: "ftpbounce;", meaning: "a bounce attack" }],
  parse(option) {
    option.requireNone();
    return null;
  },
});

export const ftpTests: readonly TestSource[] = [
  ...bothSides(
    dynamicPort,
    (transaction, comparison) =>
      transaction.dynamicPort !== 0 && matchesNumber(comparison, transaction.dynamicPort),
  ),
  ...bothSides(
    mode,
    (transaction, wanted) => hasMode(transaction) && transaction.isActive === (wanted === "active"),
  ),
  testSource<boolean, FtpTransaction>(replyReceived, {
    side: "toClient",
    progress: FtpState.started,
    run: (transaction, wanted) => (wanted ? transaction.isDone : isUnanswered(transaction)),
  }),
  testSource<null, FtpTransaction>(bounce, {
    side: "toServer",
    progress: FtpState.started,
    // As in Suricata the last command counts, not that of the transaction.
    run: ({ latest }) => latest.isBounce,
  }),
];

/** The command waits for more than came, or nothing more can come. */
function isUnanswered({ isDone, replies, toClientProgress }: FtpTransaction): boolean {
  return !isDone && (replies.length > 0 || toClientProgress === FtpState.complete);
}

function bothSides<Value>(
  test: ProtocolTest<Value>,
  run: (transaction: FtpTransaction, value: Value) => boolean,
): readonly TestSource[] {
  const sides: readonly FlowSide[] = ["toServer", "toClient"];
  return sides.map((side) => testSource(test, { side, progress: FtpState.started, run }));
}
