/** Limits of FTP. */
import type { Settings } from "../settings.ts";

export interface FtpOptions {
  /** Of a longer line the beginning is taken. */
  readonly lineBytesMax: number;
  /** Commands of a flow that wait for their replies. */
  readonly transactionsMax: number;
}

export function readFtpOptions(settings: Settings): FtpOptions {
  return {
    lineBytesMax: Math.max(1, settings.bytes("max-line-length", 4096)),
    transactionsMax: Math.max(1, settings.number("max-tx", 1024)),
  };
}
