/** SMTP (RFC 5321), with the mails that it carries. */
import { fileTests } from "../files/tests.ts";
import { defineProtocol, TCP } from "../protocol.ts";
import type { Transaction } from "../transaction.ts";
import { smtpBuffers } from "./buffers.ts";
import { smtpPatterns, smtpProbes } from "./detection.ts";
import { smtpEventNames } from "./events.ts";
import { smtpFrames } from "./frames.ts";
import { readSmtpOptions } from "./options.ts";
import { SmtpParser } from "./parser.ts";
import { smtpRecord, writeSmtpAlertFields } from "./record.ts";
import { SmtpState, type SmtpTransaction } from "./transaction.ts";

export const smtp = defineProtocol({
  name: "smtp",
  summary: "Mail transfer.",
  transports: [TCP],
  enabledByDefault: true,
  patterns: smtpPatterns,
  probes: smtpProbes,
  states: {
    toServer: ["request_started", "request_data", "request_complete"],
    toClient: ["response_started", "response_data", "response_complete"],
  },
  frames: smtpFrames,
  events: smtpEventNames,
  hasUpperCaseEvents: true,
  buffers: smtpBuffers,
  tests: fileTests("toServer", SmtpState.data),
  records: [smtpRecord],
  writeAlertFields: (writer, transaction: Transaction) =>
    // Only transactions of this protocol come here.
    writeSmtpAlertFields(writer, transaction as SmtpTransaction),
  createFactory(settings) {
    const options = readSmtpOptions(settings);
    return () => new SmtpParser(options);
  },
});
