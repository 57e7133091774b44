/** What rules see of a mail: the envelope (`smtp.*`), fields of the message (`email.*`), its attachments. */
import {
  type BufferSource,
  type BufferSourceSpec,
  type BufferView,
  bufferSource,
  defineBuffer,
  type ProtocolBuffer,
} from "../buffer.ts";
import { fileData, fileSources } from "../files/buffers.ts";
import { SmtpState, type SmtpTransaction } from "./transaction.ts";

const SINCE = "8.0.0";

function field(name: string, summary: string): ProtocolBuffer {
  return defineBuffer({ name: `email.${name}`, family: "email", summary, since: SINCE });
}

const helo = defineBuffer({
  name: "smtp.helo",
  family: "smtp",
  summary: "What the client calls itself in HELO or EHLO.",
  since: SINCE,
});
const mailFrom = defineBuffer({
  name: "smtp.mail_from",
  family: "smtp",
  summary: "The sender of the envelope, with its angle brackets.",
  since: SINCE,
});
const recipient = defineBuffer({
  name: "smtp.rcpt_to",
  family: "smtp",
  summary: "A recipient of the envelope, with its angle brackets.",
  since: SINCE,
  multi: true,
});
const received = defineBuffer({
  name: "email.received",
  family: "email",
  summary: "A Received field of a mail.",
  since: SINCE,
  multi: true,
});
const url = defineBuffer({
  name: "email.url",
  family: "email",
  summary: "A link in the text of a mail, without its scheme unless the configuration keeps it.",
  since: SINCE,
  multi: true,
});

/** Buffers of one field each, by the field's name. */
const fields: readonly (readonly [string, ProtocolBuffer])[] = [
  ["from", field("from", "The From field of a mail.")],
  ["subject", field("subject", "The Subject field of a mail.")],
  ["to", field("to", "The To field of a mail.")],
  ["cc", field("cc", "The Cc field of a mail.")],
  ["date", field("date", "The Date field of a mail.")],
  ["message-id", field("message_id", "The Message-Id field of a mail.")],
  ["x-mailer", field("x_mailer", "The X-Mailer field of a mail.")],
];

type Read = BufferSourceSpec<SmtpTransaction>["read"];

function source(buffer: ProtocolBuffer, progress: number, read: Read): BufferSource {
  return bufferSource<SmtpTransaction>(buffer, { side: "toServer", progress, read });
}

/** Grows while the mail comes. */
function growing(buffer: ProtocolBuffer, progress: number, read: Read): BufferSource {
  const isStreamed = true;
  return bufferSource<SmtpTransaction>(buffer, { side: "toServer", progress, read, isStreamed });
}

export const smtpBuffers: readonly BufferSource[] = [
  source(helo, SmtpState.started, ({ session }, _, view) => view.setOrAbsent(session.helo)),
  source(mailFrom, SmtpState.started, (tx, _, view) => view.setOrAbsent(tx.mailFrom)),
  growing(recipient, SmtpState.started, (tx, index, view) =>
    view.setOrAbsent(tx.recipients[index] ?? null),
  ),
  ...fields.map(([name, buffer]) =>
    source(buffer, SmtpState.data, (tx, _, view) =>
      view.setOrAbsent(tx.mime?.message.value(name) ?? null),
    ),
  ),
  source(received, SmtpState.data, (tx, index, view) =>
    view.setOrAbsent(tx.mime?.message.values("received")[index] ?? null),
  ),
  growing(url, SmtpState.data, (tx, index, view) =>
    view.setOrAbsent(tx.mime?.message.urls[index] ?? null),
  ),
  ...fileSources("toServer", SmtpState.data).filter(({ buffer }) => buffer !== fileData),
  growing(fileData, SmtpState.data, readFile),
];

/** Files are looked at in windows, the first when enough has come; only the last file may still be short. */
function readFile(transaction: SmtpTransaction, index: number, view: BufferView): boolean {
  const file = transaction.files[index];
  if (file === undefined || !transaction.isDue(file)) return false;
  const { body } = file;
  view.setRange(body.bytes, body.start, body.end);
  view.offset = body.windowStart;
  view.isLast = body.isComplete;
  return true;
}
