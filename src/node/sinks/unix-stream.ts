/**
 * Lines to a Unix socket that somebody listens on. A reader that is gone is tried again each second; lines wait for it
 * in memory up to a limit, beyond which new ones are given up and counted: the engine never waits for a reader.
 */
import net from "node:net";
import type { LineSink } from "./line-sink.ts";

/** Characters that wait for the reader. */
export const QUEUE_CHARACTERS_MAX = 16 * 1024 * 1024;
const RETRY_MS = 1000;
/** At the end the reader has so long to take the rest. */
const CLOSE_MS = 2000;

export class UnixStream implements LineSink {
  lostLines = 0;
  private readonly path: string;
  private readonly limitCharacters: number;
  private readonly report: (line: string) => void;
  private lines: string[] = [];
  private characters = 0;
  /** Lines and characters given to the socket and not yet taken by it. */
  private sentLines = 0;
  private sentCharacters = 0;
  private socket: net.Socket | null = null;
  private isConnected = false;
  private retryAtMs = 0;
  private isTold = false;

  /** @param report told in one line when the reader goes away and when it is back. */
  constructor(
    path: string,
    report: (line: string) => void,
    limitCharacters = QUEUE_CHARACTERS_MAX,
  ) {
    this.path = path;
    this.report = report;
    this.limitCharacters = limitCharacters;
    this.connect();
  }

  get queuedLines(): number {
    return this.lines.length + this.sentLines;
  }

  write(line: string): void {
    const size = line.length + 1;
    if (this.characters + this.sentCharacters + size > this.limitCharacters) {
      this.lostLines++;
      return;
    }
    this.lines.push(line);
    this.characters += size;
  }

  flush(): void {
    if (this.socket === null && Date.now() >= this.retryAtMs) this.connect();
    if (!this.isConnected || this.lines.length === 0) return;
    const { socket, lines, characters } = this;
    if (socket === null) return;
    this.lines = [];
    this.characters = 0;
    this.sentLines += lines.length;
    this.sentCharacters += characters;
    socket.write(`${lines.join("\n")}\n`, (error) => {
      this.sentLines -= lines.length;
      this.sentCharacters -= characters;
      // The connection is over, and with it what a reader had of these lines: the next one gets them.
      if (!error) return;
      this.lines = [...lines, ...this.lines];
      this.characters += characters;
    });
  }

  reopen(): void {
    this.retryAtMs = 0;
    this.flush();
  }

  close(): void {
    this.flush();
    const { socket } = this;
    this.lostLines += this.lines.length;
    if (socket === null) return;
    socket.end();
    const timer = setTimeout(() => socket.destroy(), CLOSE_MS);
    socket.on("close", () => clearTimeout(timer));
  }

  private connect(): void {
    const socket = net.connect(this.path);
    this.socket = socket;
    socket.on("connect", () => {
      this.isConnected = true;
      if (this.isTold) this.report(`the reader of "${this.path}" is back`);
      this.isTold = false;
      this.flush();
    });
    socket.on("error", (error) => this.tell(error));
    socket.on("close", () => {
      if (this.socket !== socket) return;
      this.socket = null;
      this.isConnected = false;
      this.retryAtMs = Date.now() + RETRY_MS;
    });
    // What a reader says is not listened to.
    socket.resume();
  }

  private tell(error: Error): void {
    if (!this.isTold) this.report(`nobody reads "${this.path}": ${error.message}; lines wait`);
    this.isTold = true;
  }
}
