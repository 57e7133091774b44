/** Giving up root, in a process of its own; the unit file. */
import { execFileSync } from "node:child_process";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { findUser, parseRunAs } from "../../../src/node/operation/privileges.ts";
import { systemdUnit } from "../../../src/node/operation/systemd-unit.ts";
import { ensureBuilt } from "../../support/command-line.ts";

const isRoot = process.getuid?.() === 0;
const built = path.resolve(import.meta.dirname, "../../../dist/node/operation/privileges.js");

describe("giving up root", () => {
  it("takes a user, and a group", () => {
    expect(parseRunAs("shrike")).toEqual({ user: "shrike", group: null });
    expect(parseRunAs("1000:adm")).toEqual({ user: "1000", group: "adm" });
    for (const text of ["", ":adm", "a b", "-u", "a:b:c"]) expect(parseRunAs(text)).toBeNull();
  });

  it("finds users by name and says who is not there", () => {
    expect(findUser({ user: "root", group: "root" })).toEqual({ uid: 0, gid: 0 });
    expect(() => findUser({ user: "nobody-of-this-name", group: null })).toThrow("no user");
  });

  it.skipIf(!isRoot)("keeps what is open and cannot be undone (needs root)", () => {
    ensureBuilt();
    const program = `
      import fs from "node:fs";
      import { dropPrivileges, findUser } from ${JSON.stringify(built)};
      const open = fs.openSync("/etc/shadow", "r");
      dropPrivileges(findUser({ user: "nobody", group: null }));
      const tries = [() => fs.openSync("/etc/shadow", "r"), () => process.setuid(0), () => process.setgid(0)];
      const refused = tries.filter((one) => { try { one(); return false; } catch { return true; } });
      const bytes = fs.readSync(open, Buffer.alloc(4));
      console.log(JSON.stringify([process.getuid() !== 0, process.getgroups().includes(0), refused.length, bytes > 0]));
    `;
    const words = ["--input-type=module", "-e", program];
    const text = execFileSync(process.execPath, words, { encoding: "utf8" });
    expect(JSON.parse(text)).toEqual([true, false, 3, true]);
  });
});

describe("the systemd unit", () => {
  const unit = systemdUnit({
    node: "/usr/bin/node",
    main: "/opt/shrike/dist/cli/main.js",
    words: ["listen", "-i", "eth0", "--filter", "not port 22", "--set", "a=50%"],
    user: "shrike",
  });

  it("starts the command with its words, a log folder and a control socket", () => {
    expect(unit).toContain(
      'ExecStart=/usr/bin/node --max-semi-space-size=64 /opt/shrike/dist/cli/main.js listen -i eth0 --filter "not port 22" --set a=50%% -l /var/log/shrike --control /run/shrike/control.socket\n',
    );
  });

  it("runs as its own user with the capabilities that packets need, and no more", () => {
    expect(unit).toContain("User=shrike\n");
    expect(unit).toMatch(/^CapabilityBoundingSet=CAP_NET_RAW CAP_NET_ADMIN CAP_IPC_LOCK$/m);
    expect(unit).toContain("NoNewPrivileges=yes");
    expect(unit).toContain("ExecReload=/bin/kill -HUP $MAINPID");
    expect(unit).toContain("RuntimeDirectoryMode=0700");
  });
});
