/**
 * The control socket: a Unix socket that only its owner may open, Suricata's JSON protocol on it. A client first
 * says which version it speaks, then sends commands; each is answered before the next is taken.
 */
import fs from "node:fs";
import net from "node:net";
import { SocketError } from "../errors.ts";
import {
  type ControlMessage,
  failureMessage,
  MessageCutter,
  okMessage,
  readControlMessage,
} from "./control-message.ts";
import { takeSocketPath } from "./socket-path.ts";

/** Clients at once; one more is sent away. */
export const CONTROL_CLIENTS_MAX = 16;
/** Characters of one message. */
export const CONTROL_MESSAGE_MAX = 1024 * 1024;

/** Gives the answer to a command, as text; never throws. */
export type ControlAnswer = (message: ControlMessage & { kind: "command" }) => Promise<string>;

export class ControlServer {
  readonly path: string;
  private readonly server: net.Server;
  private readonly clients = new Set<net.Socket>();

  private constructor(path: string, server: net.Server) {
    this.path = path;
    this.server = server;
  }

  /** Throws SocketError: the path is taken by a running engine, its folder is missing ... */
  static async listen(path: string, answer: ControlAnswer): Promise<ControlServer> {
    await takeSocketPath(path);
    const server = net.createServer();
    const control = new ControlServer(path, server);
    server.on("connection", (socket) => control.accept(socket, answer));
    await listenPrivately(server, path);
    return control;
  }

  /** Ends all clients and removes the socket. */
  async close(): Promise<void> {
    for (const client of this.clients) client.destroy();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
    try {
      fs.rmSync(this.path, { force: true });
    } catch {
      // The folder belongs to the user that we were: the next start removes it.
    }
  }

  private accept(socket: net.Socket, answer: ControlAnswer): void {
    if (this.clients.size >= CONTROL_CLIENTS_MAX) {
      socket.end(`${failureMessage("too many clients")}\n`);
      return;
    }
    this.clients.add(socket);
    socket.on("close", () => this.clients.delete(socket));
    socket.on("error", () => socket.destroy());
    serve(socket, answer);
  }
}

/** Rights are taken away before the socket is there for others to see. */
async function listenPrivately(server: net.Server, path: string): Promise<void> {
  const before = process.umask(0o177);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(path, () => resolve());
    });
  } catch (cause) {
    throw new SocketError(`cannot open the control socket "${path}"`, { cause });
  } finally {
    process.umask(before);
  }
  fs.chmodSync(path, 0o600);
}

function serve(socket: net.Socket, answer: ControlAnswer): void {
  const cutter = new MessageCutter(CONTROL_MESSAGE_MAX);
  let version = "";
  let turn = Promise.resolve();
  const send = (text: string): void => void socket.write(version === "0.1" ? text : `${text}\n`);
  const take = async (text: string): Promise<void> => {
    const message = readControlMessage(text);
    if (message.kind === "bad") send(failureMessage(message.reason));
    else if (message.kind === "version") {
      version = message.version;
      send(okMessage());
    } else if (version === "") send(failureMessage("say the version first"));
    else send(await answer(message));
  };
  socket.setEncoding("utf8");
  socket.on("data", (text: string) => {
    const messages = cutter.add(text);
    if (messages === null) {
      socket.end(`${failureMessage("the message is too long")}\n`);
      return;
    }
    for (const one of messages) turn = turn.then(() => take(one));
  });
}
