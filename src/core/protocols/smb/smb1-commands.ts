/** Commands of SMB 1 (MS-CIFS §2.2.2.1), with the names that records give them. */

export const Smb1Command = {
  close: 0x04,
  rename: 0x07,
  write: 0x0b,
  lockingAndX: 0x24,
  trans: 0x25,
  writeAndClose: 0x2c,
  openAndX: 0x2d,
  readAndX: 0x2e,
  writeAndX: 0x2f,
  trans2: 0x32,
  trans2Secondary: 0x33,
  treeDisconnect: 0x71,
  negotiate: 0x72,
  sessionSetupAndX: 0x73,
  logoffAndX: 0x74,
  treeConnectAndX: 0x75,
  ntCreateAndX: 0xa2,
  ntCancel: 0xa4,
  none: 0xff,
} as const;

const NAMES: ReadonlyMap<number, string> = new Map([
  [0x00, "CREATE_DIRECTORY"],
  [0x01, "DELETE_DIRECTORY"],
  [0x02, "OPEN"],
  [0x03, "CREATE"],
  [0x04, "CLOSE"],
  [0x05, "FLUSH"],
  [0x06, "DELETE"],
  [0x07, "RENAME"],
  [0x08, "QUERY_INFORMATION"],
  [0x09, "SET_INFORMATION"],
  [0x0a, "READ"],
  [0x0b, "WRITE"],
  [0x0c, "LOCK_BYTE_RANGE"],
  [0x0d, "UNLOCK_BYTE_RANGE"],
  [0x0e, "CREATE_TEMPORARY"],
  [0x0f, "CREATE_NEW"],
  [0x10, "CHECK_DIRECTORY"],
  [0x11, "PROCESS_EXIT"],
  [0x12, "SEEK"],
  [0x13, "LOCK_AND_READ"],
  [0x14, "WRITE_AND_UNLOCK"],
  [0x24, "LOCKING_ANDX"],
  [0x25, "TRANS"],
  [0x2b, "ECHO"],
  [0x2c, "WRITE_AND_CLOSE"],
  [0x2d, "OPEN_ANDX"],
  [0x2e, "READ_ANDX"],
  [0x2f, "WRITE_ANDX"],
  [0x32, "TRANS2"],
  [0x33, "TRANS2_SECONDARY"],
  [0x34, "FIND_CLOSE2"],
  [0x71, "TREE_DISCONNECT"],
  [0x72, "NEGOTIATE_PROTOCOL"],
  [0x73, "SESSION_SETUP_ANDX"],
  [0x74, "LOGOFF_ANDX"],
  [0x75, "TREE_CONNECT_ANDX"],
  [0x80, "QUERY_INFO_DISK"],
  [0xa0, "NT_TRANS"],
  [0xa1, "NT_TRANS_SECONDARY"],
  [0xa2, "NT_CREATE_ANDX"],
  [0xa4, "NT_CANCEL"],
]);

export function smb1CommandName(command: number): string {
  const name = NAMES.get(command);
  return name === undefined ? `${command}` : `SMB1_COMMAND_${name}`;
}

const AND_X: readonly number[] = [
  Smb1Command.lockingAndX,
  Smb1Command.openAndX,
  Smb1Command.readAndX,
  Smb1Command.writeAndX,
  Smb1Command.sessionSetupAndX,
  Smb1Command.logoffAndX,
  Smb1Command.treeConnectAndX,
  Smb1Command.ntCreateAndX,
];

/** Whether a command may have another behind it in the same message. */
export function isAndX(command: number): boolean {
  return AND_X.includes(command);
}
