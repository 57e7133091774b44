/** Numbers and names of the procedures of NFS 2 (RFC 1094 §2.2) and 3 (RFC 1813 §3), and of the status of results. */

export const Procedure2 = {
  getattr: 1,
  setattr: 2,
  lookup: 4,
  readlink: 5,
  read: 6,
  create: 9,
  remove: 10,
  rename: 11,
  link: 12,
  mkdir: 14,
  rmdir: 15,
  readdir: 16,
  statfs: 17,
} as const;

export const Procedure3 = {
  getattr: 1,
  lookup: 3,
  access: 4,
  read: 6,
  write: 7,
  create: 8,
  mkdir: 9,
  remove: 12,
  rmdir: 13,
  rename: 14,
  readdirplus: 17,
  commit: 21,
} as const;

const names2 = [
  ..."NULL GETATTR SETATTR ROOT LOOKUP READLINK READ WRITECACHE WRITE CREATE".split(" "),
  ..."REMOVE RENAME LINK SYMLINK MKDIR RMDIR READDIR STATFS".split(" "),
];
const names3 = [
  ..."NULL GETATTR SETATTR LOOKUP ACCESS READLINK READ WRITE CREATE MKDIR SYMLINK".split(" "),
  ..."MKNOD REMOVE RMDIR RENAME LINK READDIR READDIRPLUS FSSTAT FSINFO PATHCONF COMMIT".split(" "),
];

export function procedureName(version: number, procedure: number): string {
  return (version === 2 ? names2 : names3)[procedure] ?? `${procedure}`;
}

/** RFC 1813 §2.6; version 2 has a part of them. */
const statusNames: ReadonlyMap<number, string> = new Map([
  [0, "OK"],
  [1, "ERR_PERM"],
  [2, "ERR_NOENT"],
  [5, "ERR_IO"],
  [6, "ERR_NXIO"],
  [13, "ERR_ACCES"],
  [17, "ERR_EXIST"],
  [18, "ERR_XDEV"],
  [19, "ERR_NODEV"],
  [20, "ERR_NOTDIR"],
  [21, "ERR_ISDIR"],
  [22, "ERR_INVAL"],
  [27, "ERR_FBIG"],
  [28, "ERR_NOSPC"],
  [30, "ERR_ROFS"],
  [31, "ERR_MLINK"],
  [63, "ERR_NAMETOOLONG"],
  [66, "ERR_NOTEMPTY"],
  [69, "ERR_DQUOT"],
  [70, "ERR_STALE"],
  [71, "ERR_REMOTE"],
  [10_001, "ERR_BADHANDLE"],
  [10_002, "ERR_NOT_SYNC"],
  [10_003, "ERR_BAD_COOKIE"],
  [10_004, "ERR_NOTSUPP"],
  [10_005, "ERR_TOOSMALL"],
  [10_006, "ERR_SERVERFAULT"],
  [10_007, "ERR_BADTYPE"],
  [10_008, "ERR_JUKEBOX"],
]);

export function statusName(status: number): string {
  return statusNames.get(status) ?? `${status}`;
}
