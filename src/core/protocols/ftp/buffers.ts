/** Buffers of FTP: the command and its argument, the codes and texts of replies. */
import { latin1ToBytes } from "../../bytes/latin1.ts";
import { type BufferSource, bufferSource, defineBuffer } from "../buffer.ts";
import { ftpCommands } from "./commands.ts";
import { FtpState, type FtpTransaction } from "./transaction.ts";

const family = "ftp";
const since = "8.0.0";

const ftpCommand = defineBuffer({
  name: "ftp.command",
  family,
  since,
  summary: "The command in upper case.",
});
const ftpCommandData = defineBuffer({
  name: "ftp.command_data",
  family,
  since,
  summary: "What follows the command on its line.",
});
const ftpCompletionCode = defineBuffer({
  name: "ftp.completion_code",
  family,
  since,
  summary: "The code of each reply.",
  multi: true,
});
const ftpReply = defineBuffer({
  name: "ftp.reply",
  family,
  since,
  summary: "The text of each line of the replies.",
  multi: true,
});

const commandBytes: ReadonlyMap<string, Uint8Array> = new Map(
  ftpCommands.map((command) => [command, latin1ToBytes(command)]),
);

export const ftpBuffers: readonly BufferSource[] = [
  bufferSource<FtpTransaction>(ftpCommand, {
    side: "toServer",
    progress: FtpState.started,
    read: ({ command }, _, view) => view.setOrAbsent(commandBytes.get(command ?? "") ?? null),
  }),
  bufferSource<FtpTransaction>(ftpCommandData, {
    side: "toServer",
    progress: FtpState.started,
    read: ({ commandData }, _, view) => view.setOrAbsent(commandData),
  }),
  bufferSource<FtpTransaction>(ftpCompletionCode, {
    side: "toClient",
    progress: FtpState.started,
    isStreamed: true,
    read: (transaction, index, view) => view.setOrAbsent(codeAt(transaction, index)),
  }),
  bufferSource<FtpTransaction>(ftpReply, {
    side: "toClient",
    progress: FtpState.started,
    isStreamed: true,
    read: ({ replies }, index, view) => view.setOrAbsent(replies[index]?.text ?? null),
  }),
];

/** The code number `index`, over lines without one. */
function codeAt({ replies }: FtpTransaction, index: number): Uint8Array | null {
  let left = index;
  for (const { code } of replies) if (code !== null && left-- === 0) return code;
  return null;
}
