/** The commands of FTP that are followed (RFC 959, RFC 2228, RFC 2428, RFC 3659 and some older ones). */

export const ftpCommands = [
  "ABOR",
  "ACCT",
  "ALLO",
  "APPE",
  "AUTH TLS",
  "CDUP",
  "CHMOD",
  "CWD",
  "DELE",
  "EPRT",
  "EPSV",
  "HELP",
  "IDLE",
  "LIST",
  "MAIL",
  "MDTM",
  "MKD",
  "MLFL",
  "MLSD",
  "MODE",
  "MRCP",
  "MRSQ",
  "MSAM",
  "MSND",
  "MSOM",
  "NLST",
  "NOOP",
  "PASS",
  "PASV",
  "PORT",
  "PWD",
  "QUIT",
  "REIN",
  "REST",
  "RETR",
  "RMD",
  "RNFR",
  "RNTO",
  "SITE",
  "SIZE",
  "SMNT",
  "STAT",
  "STOR",
  "STOU",
  "STRU",
  "SYST",
  "TYPE",
  "UMASK",
  "USER",
] as const;

export type FtpCommand = (typeof ftpCommands)[number];

/** Commands whose data goes over a connection of its own. */
export type TransferCommand = "APPE" | "LIST" | "MLSD" | "NLST" | "RETR" | "STOR" | "STOU";

const uploads: ReadonlySet<string> = new Set(["APPE", "STOR", "STOU"]);
const downloads: ReadonlySet<string> = new Set(["LIST", "MLSD", "NLST", "RETR"]);

export function isTransfer(command: FtpCommand): command is TransferCommand {
  return uploads.has(command) || downloads.has(command);
}

/** Whether the data goes to the server. */
export function isUpload(command: TransferCommand): boolean {
  return uploads.has(command);
}

/** Transfers that say which file they mean. */
export function needsFileName(command: TransferCommand): boolean {
  return command === "RETR" || command === "STOR" || command === "APPE";
}

/** The command that a line [start, end) begins with, whatever its case; null for others. */
export function findCommand(bytes: Uint8Array, start: number, end: number): FtpCommand | null {
  for (const command of ftpCommands) {
    if (beginsWith(bytes, start, end, command)) return command;
  }
  return null;
}

function beginsWith(bytes: Uint8Array, start: number, end: number, command: string): boolean {
  if (end - start < command.length) return false;
  for (let i = 0; i < command.length; i++) {
    const byte = bytes[start + i]!;
    const upper = byte >= 0x61 && byte <= 0x7a ? byte - 0x20 : byte;
    if (upper !== command.charCodeAt(i)) return false;
  }
  return true;
}
