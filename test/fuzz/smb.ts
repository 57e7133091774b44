/** SMB: hostile peers behind an open file. The first bytes choose version, command and how the rest is cut. */
import { defaultSettings } from "../../src/core/protocols/settings.ts";
import { readSmbOptions } from "../../src/core/protocols/smb/options.ts";
import { SmbParser } from "../../src/core/protocols/smb/parser.ts";
import { StreamFeed } from "../support/protocol-harness.ts";
import { createAnswer, createBody, session, smb2, zeros } from "../support/smb-messages.ts";
import type { FuzzTarget } from "./fuzz-target.ts";

const options = readSmbOptions(defaultSettings);

export const smbTarget: FuzzTarget = {
  name: "smb",
  run(bytes) {
    const feed = new StreamFeed(new SmbParser(options));
    const [mode = 0, pieceBytes = 0, command = 0] = bytes;
    const create = { command: 5, messageId: 1 };
    feed.send(0, session(smb2(create, createBody("svcctl"))));
    feed.send(1, session(smb2({ ...create, isResponse: true }, createAnswer(9))));
    if ((mode & 8) !== 0) feed.gap(0, 100);
    const body = [...bytes.subarray(3)];
    for (const direction of [0, 1] as const) {
      const isResponse = direction === 1;
      const message =
        (mode & 1) !== 0
          ? smb2({ command: command % 20, messageId: 2, isResponse }, body)
          : smb1(command, isResponse, body);
      const sent = (mode & 4) !== 0 ? Uint8Array.from(body) : session(message);
      feed.send(direction, sent, pieceBytes + 1);
    }
    feed.end();
  },
};

function smb1(command: number, isResponse: boolean, body: readonly number[]): number[] {
  const flags = isResponse ? 0x80 : 0;
  return [0xff, 0x53, 0x4d, 0x42, command, ...zeros(4), flags, 0, 0xc0, ...zeros(20), ...body];
}
