/** EVE `smtp` with its sibling `email`, as an event and as a part of alerts. */
import { bytesToHex } from "../../bytes/hex.ts";
import { Md5 } from "../../bytes/md5.ts";
import { bytesToText } from "../../bytes/utf8.ts";
import type { JsonWriter } from "../../eve/json-writer.ts";
import type { MimeMessage } from "../mime/message.ts";
import { defineRecord } from "../record.ts";
import type { Settings } from "../settings.ts";
import { splitAddresses } from "./address-list.ts";
import type { SmtpTransaction } from "./transaction.ts";

type Form = "text" | "list" | "addresses";

/** Fields beyond the usual: name in EVE, name in the mail, form; whether `extended` brings them. */
const moreFields: readonly (readonly [string, string, Form, boolean])[] = [
  ["reply_to", "reply-to", "text", false],
  ["bcc", "bcc", "addresses", true],
  ["message_id", "message-id", "text", true],
  ["subject", "subject", "text", true],
  ["x_mailer", "x-mailer", "text", true],
  ["user_agent", "user-agent", "text", true],
  ["received", "received", "list", false],
  ["x_originating_ip", "x-originating-ip", "text", false],
  ["in_reply_to", "in-reply-to", "text", false],
  ["references", "references", "text", false],
  ["importance", "importance", "text", false],
  ["priority", "priority", "text", false],
  ["sensitivity", "sensitivity", "text", false],
  ["organization", "organization", "text", false],
  ["content_md5", "content-md5", "text", false],
  ["date", "date", "text", false],
];

export const smtpRecord = defineRecord<SmtpTransaction>({
  type: "smtp",
  summary: "A mail: its envelope and what its header says.",
  fields: {
    "smtp.helo": "what the client calls itself",
    "smtp.mail_from": "sender of the envelope",
    "smtp.rcpt_to": "recipients of the envelope",
    "email.from": "From field",
    "email.to": "addresses of the To field",
    "email.cc": "addresses of the Cc field",
    "email.status": "PARSE_DONE",
    "email.attachment": "names of attachments",
    "email.url": "links in the text, the last first",
    "email.subject_md5": "MD5 of the Subject field, with `md5: [subject]`",
    "email.body_md5": "MD5 of the body, with `md5: [body]`",
  },
  write(writer, transaction, _, { options }) {
    writeEnvelope(writer, transaction);
    const message = transaction.mime?.message;
    if (message === undefined) return;
    writer.beginObject("email");
    writeMessage(writer, message);
    writeMoreFields(writer, message, options);
    writeDigests(writer, message, options);
    writer.endObject();
  },
});

export function writeSmtpAlertFields(writer: JsonWriter, transaction: SmtpTransaction): void {
  writeEnvelope(writer, transaction);
  const message = transaction.mime?.message;
  if (message === undefined) return;
  writer.beginObject("email");
  writeMessage(writer, message);
  writer.endObject();
}

function writeEnvelope(writer: JsonWriter, transaction: SmtpTransaction): void {
  const { session, mailFrom, recipients } = transaction;
  writer.beginObject("smtp");
  optional(writer, "helo", session.helo);
  optional(writer, "mail_from", mailFrom);
  texts(writer, "rcpt_to", recipients);
  writer.endObject();
}

function writeMessage(writer: JsonWriter, message: MimeMessage): void {
  optional(writer, "from", message.value("from"));
  addresses(writer, "to", message.value("to"));
  addresses(writer, "cc", message.value("cc"));
  writer.string("status", "PARSE_DONE");
  texts(writer, "attachment", message.attachments);
  texts(writer, "url", [...message.urls].reverse());
}

function writeMoreFields(writer: JsonWriter, message: MimeMessage, options: Settings): void {
  const isExtended = options.switch("extended", false);
  const custom = options.list("custom").map((name) => name.toLowerCase().replaceAll("-", "_"));
  for (const [name, fieldName, form, inExtended] of moreFields) {
    if (!custom.includes(name) && !(isExtended && inExtended)) continue;
    if (form === "list") texts(writer, name, message.values(fieldName));
    else if (form === "addresses") addresses(writer, name, message.value(fieldName));
    else optional(writer, name, message.value(fieldName));
  }
}

function writeDigests(writer: JsonWriter, message: MimeMessage, options: Settings): void {
  const wanted = options.list("md5");
  const subject = message.value("subject");
  if (wanted.includes("subject") && subject !== null) {
    const hash = new Md5();
    hash.update(subject, 0, subject.length);
    const digest = new Uint8Array(hash.digestLength);
    hash.digest(digest, 0);
    writer.string("subject_md5", bytesToHex(digest, 0, digest.length));
  }
  const { bodyMd5 } = message;
  if (wanted.includes("body") && bodyMd5 !== null) {
    writer.string("body_md5", bytesToHex(bodyMd5, 0, bodyMd5.length));
  }
}

function optional(writer: JsonWriter, name: string, bytes: Uint8Array | null): void {
  if (bytes !== null) writer.bytes(name, bytes, 0, bytes.length);
}

function texts(writer: JsonWriter, name: string, items: readonly Uint8Array[]): void {
  if (items.length === 0) return;
  writer.beginArray(name);
  for (const item of items) writer.stringItem(bytesToText(item, 0, item.length));
  writer.endArray();
}

function addresses(writer: JsonWriter, name: string, value: Uint8Array | null): void {
  if (value !== null) texts(writer, name, splitAddresses(value));
}
