/** What the configuration says about SMTP (`app-layer.protocols.smtp`), read once. */
import { type MimeOptions, readMimeOptions } from "../mime/options.ts";
import type { Settings } from "../settings.ts";

export interface SmtpOptions {
  readonly mime: MimeOptions;
  /** Mails are taken apart. */
  readonly decodesMime: boolean;
  /** Whole mails become files; only when they are not taken apart. */
  readonly extractsRaw: boolean;
  /** A file is looked at when this much of it has come, or all, or `contentLimitBytes`. */
  readonly inspectMinimumBytes: number;
  /** Bytes that stay for the next look. */
  readonly inspectWindowBytes: number;
  readonly contentLimitBytes: number;
  /** Transactions of one flow; a flow with more is given up. */
  readonly transactionsMax: number;
}

const TRACKER = "inspected-tracker";

export function readSmtpOptions(settings: Settings): SmtpOptions {
  const decodesMime = settings.switch("mime.decode-mime", true);
  return {
    mime: readMimeOptions(settings, "mime"),
    decodesMime,
    extractsRaw: !decodesMime && settings.switch("raw-extraction", false),
    inspectMinimumBytes: settings.bytes(`${TRACKER}.content-inspect-min-size`, 32_768),
    inspectWindowBytes: settings.bytes(`${TRACKER}.content-inspect-window`, 4096),
    contentLimitBytes: settings.bytes(`${TRACKER}.content-limit`, 100_000),
    transactionsMax: settings.number("max-tx", 256),
  };
}
