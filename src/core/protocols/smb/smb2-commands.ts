/** Commands and dialects of SMB 2 and 3 (MS-SMB2 §2.2.1, §2.2.3), with the names that records give them. */

export const Smb2Command = {
  negotiate: 0,
  sessionSetup: 1,
  treeConnect: 3,
  treeDisconnect: 4,
  create: 5,
  close: 6,
  read: 8,
  write: 9,
  control: 11,
  getInfo: 16,
  setInfo: 17,
} as const;

const NAMES = [
  "NEGOTIATE_PROTOCOL",
  "SESSION_SETUP",
  "SESSION_LOGOFF",
  "TREE_CONNECT",
  "TREE_DISCONNECT",
  "CREATE",
  "CLOSE",
  "FLUSH",
  "READ",
  "WRITE",
  "LOCK",
  "IOCTL",
  "CANCEL",
  "KEEPALIVE",
  "FIND",
  "CHANGE_NOTIFY",
  "GET_INFO",
  "SET_INFO",
  "OPLOCK_BREAK",
];

export function smb2CommandName(command: number): string {
  const name = NAMES[command];
  return name === undefined ? `${command}` : `SMB2_COMMAND_${name}`;
}

const DIALECTS: ReadonlyMap<number, string> = new Map([
  [0x0202, "2.02"],
  [0x0210, "2.10"],
  [0x0222, "2.22"],
  [0x0224, "2.24"],
  [0x02ff, "2.??"],
  [0x0300, "3.00"],
  [0x0302, "3.02"],
  [0x0310, "3.10"],
  [0x0311, "3.11"],
]);

export function smb2DialectName(dialect: number): string {
  return DIALECTS.get(dialect) ?? `${dialect}`;
}

/** Controls that records name (MS-FSCC §2.3, MS-SMB2 §2.2.31). */
const CONTROLS: ReadonlyMap<number, string> = new Map([
  [0x0006_0194, "FSCTL_DFS_GET_REFERRALS"],
  [0x0006_01b0, "FSCTL_DFS_GET_REFERRALS_EX"],
  [0x0009_009c, "FSCTL_GET_OBJECT_ID"],
  [0x0009_00a4, "FSCTL_SET_REPARSE_POINT"],
  [0x0009_00a8, "FSCTL_GET_REPARSE_POINT"],
  [0x0009_00c0, "FSCTL_CREATE_OR_GET_OBJECT_ID"],
  [0x0009_00c4, "FSCTL_SET_SPARSE"],
  [0x0009_4264, "FSCTL_OFFLOAD_READ"],
  [0x0009_8208, "FSCTL_FILE_LEVEL_TRIM"],
  [0x0009_80c8, "FSCTL_SET_ZERO_DATA"],
  [0x0011_0018, "FSCTL_PIPE_WAIT"],
  [0x0011_400c, "FSCTL_PIPE_PEEK"],
  [0x0011_c017, "FSCTL_PIPE_TRANSCEIVE"],
  [0x0014_0078, "FSCTL_SRV_REQUEST_RESUME_KEY"],
  [0x0014_01d4, "FSCTL_LMR_REQUEST_RESILIENCY"],
  [0x0014_01fc, "FSCTL_QUERY_NETWORK_INTERFACE_INFO"],
  [0x0014_0204, "FSCTL_VALIDATE_NEGOTIATE_INFO"],
  [0x0014_4064, "FSCTL_SRV_ENUMERATE_SNAPSHOTS"],
  [0x0014_40f2, "FSCTL_SRV_COPYCHUNK"],
  [0x0014_41bb, "FSCTL_SRV_READ_HASH"],
  [0x0014_80f2, "FSCTL_SRV_COPYCHUNK_WRITE"],
]);

export const CONTROL_PIPE_TRANSCEIVE = 0x0011_c017;

export function controlName(code: number): string {
  return CONTROLS.get(code) ?? `${code}`;
}
