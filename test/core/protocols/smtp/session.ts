/** Runs SMTP sessions through the parser, and says what came out of them. */

import { bytesToHex } from "../../../../src/core/bytes/hex.ts";
import { latin1ToBytes } from "../../../../src/core/bytes/latin1.ts";
import { fileStateNames } from "../../../../src/core/protocols/file.ts";
import { defaultSettings, type Settings } from "../../../../src/core/protocols/settings.ts";
import { smtpEventNames } from "../../../../src/core/protocols/smtp/events.ts";
import { readSmtpOptions } from "../../../../src/core/protocols/smtp/options.ts";
import { SmtpParser } from "../../../../src/core/protocols/smtp/parser.ts";
import type { SmtpTransaction } from "../../../../src/core/protocols/smtp/transaction.ts";
import { StreamFeed } from "../../../support/protocol-harness.ts";

/** "C: ..." is said by the client, "S: ..." by the server; lines without either go on with the last. */
export type Script = readonly (readonly ["C" | "S", string])[];

export function settingsOf(values: Readonly<Record<string, string>>): Settings {
  return {
    ...defaultSettings,
    has: (path) => path in values,
    switch: (path, fallback) => (path in values ? values[path] === "yes" : fallback),
    number: (path, fallback) => (path in values ? Number(values[path]) : fallback),
    bytes: (path, fallback) => (path in values ? Number(values[path]) : fallback),
    text: (path) => values[path] ?? null,
    list: (path) => values[path]?.split(",") ?? [],
  };
}

export class SmtpRun {
  readonly parser: SmtpParser;
  readonly feed: StreamFeed;

  constructor(settings: Settings = defaultSettings) {
    this.parser = new SmtpParser(readSmtpOptions(settings));
    this.feed = new StreamFeed(this.parser);
  }

  /** Says the lines of a script, each with a line end; `pieceBytes` at a time. */
  say(script: Script, pieceBytes = 65_536): this {
    for (const [who, text] of script) this.sayRaw(who, `${text}\r\n`, pieceBytes);
    return this;
  }

  sayRaw(who: "C" | "S", text: string, pieceBytes = 65_536): this {
    this.feed.send(who === "C" ? 0 : 1, latin1ToBytes(text), pieceBytes);
    return this;
  }

  get mails(): readonly SmtpTransaction[] {
    return this.parser.transactions.items;
  }

  get mail(): SmtpTransaction {
    const last = this.parser.transactions.last;
    if (last === null) throw new Error("no mail");
    return last;
  }
}

export function text(bytes: Uint8Array | null | undefined): string | null {
  if (bytes === null || bytes === undefined) return null;
  return String.fromCharCode(...bytes);
}

export function eventsOf(mail: SmtpTransaction): readonly string[] {
  return mail.events.map((code) => smtpEventNames[code]!);
}

export function filesOf(
  mail: SmtpTransaction,
): readonly (readonly [string | null, string | null])[] {
  return mail.files.map(({ name, body }) => [
    text(name),
    text(body.bytes.subarray(0, body.windowBytes)),
  ]);
}

/** All that can be seen of a mail, for comparing. */
export function describeMail(mail: SmtpTransaction): unknown {
  const message = mail.mime?.message;
  return {
    id: mail.id,
    progress: [...mail.progress],
    events: [...eventsOf(mail)].sort(),
    helo: text(mail.session.helo),
    from: text(mail.mailFrom),
    to: mail.recipients.map(text),
    fields: message?.fields.map(({ name, value }) => [name, text(value)]),
    urls: message?.urls.map(text),
    attachments: message?.attachments.map(text),
    bodyMd5: hex(message?.bodyMd5),
    files: mail.files.map((file) => ({
      name: text(file.name),
      size: file.sizeBytes,
      state: fileStateNames[file.state],
      sha1: hex(file.sha1),
    })),
  };
}

function hex(bytes: Uint8Array | null | undefined): string | null {
  return bytes === null || bytes === undefined ? null : bytesToHex(bytes, 0, bytes.length);
}

export const greeting: Script = [
  ["S", "220 mx.example.org ESMTP"],
  ["C", "EHLO client.example.org"],
  ["S", "250-mx.example.org"],
  ["S", "250 SIZE 1000000"],
];

export const envelope: Script = [
  ["C", "MAIL FROM:<ada@example.org> SIZE=100"],
  ["S", "250 ok"],
  ["C", "RCPT TO:<bob@example.org>"],
  ["S", "250 ok"],
];

/** A mail with everything in it. */
export const multipart = [
  "Received: from a.example.org",
  "Received: from b.example.org",
  'From: "Lovelace, Ada" <ada@example.org>',
  "To: bob@example.org,",
  " carl@example.org",
  "Subject: notes",
  'Content-Type: multipart/mixed; boundary="outer"',
  "",
  "This is ignored, http://preamble.example/x in it is not.",
  "--outer",
  "Content-Type: text/plain",
  "",
  'See <http://one.example/a> and "HTTP://two.example/b".',
  "--not a boundary",
  "--outer",
  'Content-Type: multipart/alternative; boundary="inner"',
  "",
  "--inner",
  'Content-Disposition: attachment; filename="plain.txt"',
  "",
  "first line",
  "second line",
  "",
  "--inner",
  "Content-Transfer-Encoding: base64",
  'Content-Type: application/octet-stream; name="data.bin"',
  "",
  "aGVsbG8g",
  "d29ybGQ",
  "--inner--",
  "--outer",
  "Content-Transfer-Encoding: Quoted-Printable",
  "Content-Disposition: attachment;",
  "\tfilename*0=long;",
  "\tfilename*1=-name.txt",
  "",
  "caf=C3=A9 goes=",
  " on",
  "and ends",
  "--outer",
  "Content-Type: message/rfc822",
  "",
  "Subject: within",
  "Content-Disposition: attachment; filename=within.txt",
  "",
  "deep",
  "--outer--",
  "",
].join("\r\n");

export const plainSession: Script = [
  ...greeting,
  ...envelope,
  ["C", "DATA"],
  ["S", "354 go"],
  ["C", `${multipart}\r\n.`],
  ["S", "250 queued"],
  ["C", "MAIL FROM:<second@example.org>"],
  ["S", "250 ok"],
  ["C", "BDAT 10"],
  ["C", "01234567"],
  ["S", "250 ok"],
  ["C", "BDAT 5 LAST"],
  ["C", "abc"],
  ["S", "250 ok"],
  ["C", "QUIT"],
  ["S", "221 bye"],
];
