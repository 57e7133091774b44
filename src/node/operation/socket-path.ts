/** Makes room for a Unix socket: one left behind by an engine that died is removed, one that is answered stays. */
import fs from "node:fs";
import net from "node:net";
import { SocketError } from "../errors.ts";

const ANSWER_TIMEOUT_MS = 1000;

/** Throws SocketError when the path is in use, or holds something else than a socket. */
export async function takeSocketPath(path: string): Promise<void> {
  const found = fs.lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket()) throw new SocketError(`"${path}" is there and is no socket`);
  if (await isAnswered(path)) {
    throw new SocketError(`the socket "${path}" is in use`, {
      hint: "another engine is running; give this one a socket of its own",
    });
  }
  fs.rmSync(path, { force: true });
}

async function isAnswered(path: string): Promise<boolean> {
  return await new Promise((resolve) => {
    const probe = net.connect(path);
    const end = (answered: boolean): void => {
      probe.destroy();
      resolve(answered);
    };
    probe.setTimeout(ANSWER_TIMEOUT_MS, () => end(true));
    probe.on("connect", () => end(true));
    probe.on("error", () => end(false));
  });
}
