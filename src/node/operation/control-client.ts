/** Asks a running engine over its control socket. */
import net from "node:net";
import { SocketError } from "../errors.ts";
import type { Json } from "./control-command.ts";

/** Loading rules anew is the slowest command. */
const ANSWER_TIMEOUT_MS = 600_000;

export interface ControlReply {
  readonly isOk: boolean;
  readonly message: Json;
}

export class ControlClient {
  private readonly path: string;
  private readonly socket: net.Socket;
  private received = "";
  private wake: () => void = () => {};
  private failure: Error | null = null;

  private constructor(path: string, socket: net.Socket) {
    this.path = path;
    this.socket = socket;
    socket.setEncoding("utf8");
    socket.on("data", (text: string) => {
      this.received += text;
      this.wake();
    });
    socket.on("error", (error) => this.fail(error));
    socket.on("close", () => this.fail(new Error("the engine ended the talk")));
  }

  /** Throws SocketError when nobody answers. */
  static async connect(path: string): Promise<ControlClient> {
    const socket = net.connect(path);
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    }).catch((cause: unknown) => {
      throw new SocketError(`cannot reach an engine at "${path}"`, {
        cause,
        hint: "--socket FILE names the control socket that the engine was started with",
      });
    });
    const client = new ControlClient(path, socket);
    const { isOk, message } = await client.send({ version: "0.2" });
    if (!isOk)
      throw new SocketError(`the engine at "${path}" refuses us: ${JSON.stringify(message)}`);
    return client;
  }

  async ask(command: string, given: Readonly<Record<string, string>> = {}): Promise<ControlReply> {
    const hasArguments = Object.keys(given).length > 0;
    return await this.send(hasArguments ? { command, arguments: given } : { command });
  }

  close(): void {
    this.socket.destroy();
  }

  private async send(message: object): Promise<ControlReply> {
    this.socket.write(`${JSON.stringify(message)}\n`);
    const reply = JSON.parse(await this.line()) as { return?: unknown; message?: Json };
    return { isOk: reply.return === "OK", message: reply.message ?? null };
  }

  private async line(): Promise<string> {
    const timer = setTimeout(() => this.fail(new Error("no answer")), ANSWER_TIMEOUT_MS);
    try {
      for (;;) {
        const end = this.received.indexOf("\n");
        if (end >= 0) {
          const line = this.received.slice(0, end);
          this.received = this.received.slice(end + 1);
          return line;
        }
        const cause = this.failure;
        if (cause !== null) throw new SocketError(`no answer from "${this.path}"`, { cause });
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
      }
    } finally {
      clearTimeout(timer);
    }
  }

  private fail(error: Error): void {
    this.failure ??= error;
    this.wake();
  }
}
