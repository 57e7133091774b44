/**
 * Gives up root once devices and sockets are open: what is open stays open, nothing new can be opened. Group first, then
 * user, and a check that there is no way back.
 */
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { PrivilegeError } from "../errors.ts";

export interface RunAs {
  /** Names or numbers. */
  readonly user: string;
  /** Null: the user's own group. */
  readonly group: string | null;
}

/** `shrike` or `shrike:adm`; null for anything else. */
export function parseRunAs(text: string): RunAs | null {
  const found = /^([A-Za-z0-9_][A-Za-z0-9_.-]*)(?::([A-Za-z0-9_][A-Za-z0-9_.-]*))?$/.exec(text);
  return found === null ? null : { user: found[1] ?? "", group: found[2] ?? null };
}

/** Numbers of the system. */
export interface UserIds {
  readonly uid: number;
  readonly gid: number;
}

/** Throws PrivilegeError when there is no such user or group. */
export function findUser({ user, group }: RunAs): UserIds {
  return { uid: idOf("-u", user), gid: group === null ? idOf("-g", user) : groupId(group) };
}

/** Gives files and folders to the user, so that it can go on with them; what is not there is left out. */
export function giveTo({ uid, gid }: UserIds, paths: readonly string[]): void {
  for (const path of paths) {
    try {
      fs.chownSync(path, uid, gid);
    } catch (cause) {
      if (fs.existsSync(path)) throw new PrivilegeError(`cannot give "${path}" away`, { cause });
    }
  }
}

/**
 * Becomes that user for good. Without effect when we are that user already. Throws PrivilegeError: not root, or root
 * could be taken back.
 */
export function dropPrivileges({ uid, gid }: UserIds): void {
  const { setuid, setgid, setgroups, getuid } = process;
  if (!setuid || !setgid || !setgroups || !getuid) {
    throw new PrivilegeError("users cannot be changed on this system");
  }
  if (getuid() === uid && uid !== 0) return;
  if (getuid() !== 0) {
    throw new PrivilegeError(`only root can become user ${uid}`, {
      hint: "start it as root, or as that user with the capabilities CAP_NET_RAW and CAP_NET_ADMIN",
    });
  }
  try {
    setgroups([gid]);
    setgid(gid);
    setuid(uid);
  } catch (cause) {
    throw new PrivilegeError(`cannot become user ${uid}`, { cause });
  }
  if (uid !== 0 && canBeRoot()) throw new PrivilegeError("root was given up and can be taken back");
}

function canBeRoot(): boolean {
  try {
    process.setuid?.(0);
    return true;
  } catch {
    return false;
  }
}

function idOf(option: "-u" | "-g", user: string): number {
  try {
    return Number(execFileSync("id", [option, user], { stdio: ["ignore", "pipe", "ignore"] }));
  } catch {
    throw new PrivilegeError(`there is no user "${user}"`);
  }
}

function groupId(group: string): number {
  if (/^\d+$/.test(group)) return Number(group);
  try {
    const line = execFileSync("getent", ["group", group], { stdio: ["ignore", "pipe", "ignore"] });
    return Number(line.toString("latin1").split(":")[2]);
  } catch {
    throw new PrivilegeError(`there is no group "${group}"`);
  }
}
