/** SMTP: hostile clients and servers. The first bytes choose who speaks and how the rest is cut. */
import { defaultSettings } from "../../src/core/protocols/settings.ts";
import { readSmtpOptions } from "../../src/core/protocols/smtp/options.ts";
import { SmtpParser } from "../../src/core/protocols/smtp/parser.ts";
import { StreamFeed } from "../support/protocol-harness.ts";
import type { FuzzTarget } from "./fuzz-target.ts";

const options = readSmtpOptions(defaultSettings);
const LEAD_IN = "DATA\r\n";
const GO_ON = "220 x\r\n354 go\r\n";

export const smtpTarget: FuzzTarget = {
  name: "smtp",
  run(bytes) {
    const feed = new StreamFeed(new SmtpParser(options));
    const [mode = 0, pieceBytes = 1] = bytes;
    if ((mode & 1) !== 0) {
      feed.send(1, asciiBytes(GO_ON.slice(0, 7)));
      feed.send(0, asciiBytes(LEAD_IN));
      feed.send(1, asciiBytes(GO_ON.slice(7)));
    }
    const half = (mode & 2) !== 0 ? bytes.length : bytes.length >> 1;
    feed.send(0, bytes.subarray(2, half), pieceBytes + 1);
    feed.send(1, bytes.subarray(half), pieceBytes + 1);
    feed.end();
  },
};

function asciiBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
