/** What a handler of a command is, and what it says. */
import type { SmbConnection } from "./connection.ts";
import type { PieceFeed } from "./piece-feed.ts";
import type { SmbRecord } from "./smb-record.ts";

export const Outcome = {
  /** It has seen to a transaction. */ done: 0,
  /** The message is counted as any other. */ generic: 1,
  /** The same, and it is malformed. */ malformed: 2,
} as const;

export type Handler = (connection: SmbConnection, record: SmbRecord, feed: PieceFeed) => number;
