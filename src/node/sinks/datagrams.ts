/**
 * Lines as datagrams to a Unix socket, one each: for readers that bind one, and for syslog. Node has no such sockets, so
 * the native addon sends them; it never waits, and what the reader has no room for is given up and counted.
 */
import { SinkError } from "../errors.ts";
import { buildHint, findAddon, type NativeAddon } from "../native/native-addon.ts";
import type { LineSink } from "./line-sink.ts";

const RETRY_MS = 1000;

/** Whether datagrams can be sent at all. */
export function hasDatagrams(): boolean {
  return findAddon()?.openDatagrams !== undefined;
}

export class UnixDatagrams implements LineSink {
  readonly queuedLines = 0;
  lostLines = 0;
  private readonly path: string;
  private readonly frame: (line: string) => string;
  private readonly addon: NativeAddon;
  private descriptor = -1;
  private retryAtMs = 0;

  /** @param frame makes the datagram of a line. Throws SinkError without the addon. */
  constructor(path: string, frame: (line: string) => string = (line) => line) {
    const addon = findAddon();
    if (addon === null) {
      throw new SinkError("datagrams to a Unix socket need the native addon", { hint: buildHint });
    }
    this.path = path;
    this.frame = frame;
    this.addon = addon;
    this.connect();
  }

  write(line: string): void {
    if (this.descriptor < 0 && Date.now() >= this.retryAtMs) this.connect();
    if (this.descriptor < 0) {
      this.lostLines++;
      return;
    }
    const bytes = Buffer.from(this.frame(line), "utf8");
    const error = this.addon.sendDatagram(this.descriptor, bytes);
    if (error === 0) return;
    this.lostLines++;
    // EAGAIN: the reader is slow. EMSGSIZE: the line is too long for a datagram.
    if (error !== 11 && error !== 90) this.disconnect();
  }

  flush(): void {}

  reopen(): void {
    this.disconnect();
    this.connect();
  }

  close(): void {
    this.disconnect();
  }

  private connect(): void {
    this.descriptor = this.addon.openDatagrams(this.path);
    if (this.descriptor < 0) this.retryAtMs = Date.now() + RETRY_MS;
  }

  private disconnect(): void {
    if (this.descriptor >= 0) this.addon.closeDatagrams(this.descriptor);
    this.descriptor = -1;
    this.retryAtMs = Date.now() + RETRY_MS;
  }
}
