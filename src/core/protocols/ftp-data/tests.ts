/** The command that a data connection serves. */
import type { FlowSide } from "../direction.ts";
import { isUpload, type TransferCommand } from "../ftp/commands.ts";
import { defineTest, type TestSource, testSource } from "../test.ts";
import { FtpDataState, type FtpDataTransaction } from "./transaction.ts";

const names = ["stor", "appe", "stou", "retr", "nlst", "list", "mlsd"] as const;

const ftpDataCommand = defineTest<string>({
  name: "ftpdata_command",
  family: "ftp",
  summary: "Compares the command that a data connection of FTP serves.",
  syntax: `ftpdata_command:${names.join("|")}`,
  argument: "required",
  examples: [{ options: "ftpdata_command:stor;", meaning: "an upload" }],
  parse: (option) => option.oneOf(option.whole, names, "command").toUpperCase(),
});

/** Uploads are to the server and downloads to the client, whoever opened the connection. */
export const ftpDataTests: readonly TestSource[] = [
  source("toServer", true),
  source("toClient", false),
];

function source(side: FlowSide, wantsUpload: boolean): TestSource {
  return testSource<string, FtpDataTransaction>(ftpDataCommand, {
    side,
    progress: FtpDataState.started,
    run: ({ expectation }, wanted) => isOf(expectation.command, wantsUpload, wanted),
  });
}

function isOf(command: TransferCommand, wantsUpload: boolean, wanted: string): boolean {
  return command === wanted && isUpload(command) === wantsUpload;
}
