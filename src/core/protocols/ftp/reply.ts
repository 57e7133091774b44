/** Lines of replies (RFC 959 §4.2): three digits and a space end a reply, three digits and a dash begin a long one. */
import type { FtpReplyLine } from "./transaction.ts";

const SPACE = 0x20;
const DASH = 0x2d;

export interface ReplyLine {
  readonly reply: FtpReplyLine;
  /** The code; 0 for a line that has none and does not belong to a reply with one. */
  readonly code: number;
  /** The reply ends with this line. */
  readonly isLast: boolean;
  /** More replies to the same command will follow (1xx). */
  readonly isPreliminary: boolean;
}

/** Reads the line [start, end); `openCode` is that of the reply that it may go on with, 0 without. */
export function parseReplyLine(
  bytes: Uint8Array,
  start: number,
  end: number,
  openCode: number,
): ReplyLine {
  const code = codeAt(bytes, start, end);
  const separator = start + 3 < end ? bytes[start + 3] : SPACE;
  const isOther = openCode !== 0 && code !== openCode;
  if (code < 0 || isOther || separator !== SPACE) {
    const begins = code >= 0 && !isOther && separator === DASH;
    return {
      reply: { code: null, text: bytes.slice(start, end) },
      code: begins ? code : openCode,
      isLast: !begins && openCode === 0,
      isPreliminary: false,
    };
  }
  const textStart = Math.min(start + 4, end);
  return {
    reply: { code: bytes.slice(start, start + 3), text: bytes.slice(textStart, end) },
    code,
    isLast: true,
    isPreliminary: code >= 100 && code < 200,
  };
}

/** The number of three digits at `start`; -1 without. */
function codeAt(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 3) return -1;
  let code = 0;
  for (let i = 0; i < 3; i++) {
    const digit = bytes[start + i]! - 0x30;
    if (digit < 0 || digit > 9) return -1;
    code = code * 10 + digit;
  }
  return code;
}
