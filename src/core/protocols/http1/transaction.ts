/** A request and its response, with what both sides' buffers need; derived forms are made once, when asked for. */
import type { BufferView } from "../buffer.ts";
import { Transaction } from "../transaction.ts";
import { CONNECTION_EVENTS_MAX, EventCount, type HttpEventName, httpEvent } from "./events.ts";
import { HeaderText, writeLines, writeNames, writeStart } from "./header-texts.ts";
import { HttpMessage } from "./message.ts";
import type { HttpOptions } from "./options.ts";
import {
  lowerCase,
  type NormalUri,
  normaliseHost,
  normalisePath,
  normaliseUri,
  type ParsedUri,
  splitHostPort,
} from "./uri.ts";

/** States of both directions, in their order. */
export const HttpState = {
  started: 0,
  line: 1,
  headers: 2,
  body: 3,
  trailer: 4,
  complete: 5,
} as const;

export class Http1Transaction extends Transaction {
  readonly options: HttpOptions;
  readonly request: HttpMessage;
  response: HttpMessage;
  method: Uint8Array | null = null;
  uriRaw: Uint8Array | null = null;
  uri: ParsedUri | null = null;
  status: Uint8Array | null = null;
  statusNumber = 0;
  reason: Uint8Array | null = null;
  sawContinue = false;
  /** HTTP/0.9: a line without a protocol; the answer is a body and nothing else. */
  isShort = false;
  /** Bytes that the request's Content-Length announced. */
  announcedBytes = 0;
  /** There was no request for this response. */
  isUnsolicited = false;
  private readonly count: EventCount;
  private normalUri: NormalUri | null = null;
  private readonly requestLines = new HeaderText();
  private responseLines = new HeaderText();
  private readonly scratchText = new HeaderText();
  private normalPath: Uint8Array | null = null;
  private hostText: Uint8Array | null = null;

  /** @param count of its connection. */
  constructor(options: HttpOptions, count: EventCount = new EventCount()) {
    super();
    this.options = options;
    this.count = count;
    this.request = new HttpMessage(options.arrays);
    this.response = new HttpMessage(options.arrays);
  }

  note(name: HttpEventName): void {
    const { count } = this;
    const code = httpEvent(name);
    if (count.events >= CONNECTION_EVENTS_MAX || this.events.includes(code)) return;
    this.addEvent(code);
    count.events++;
    if (count.events === CONNECTION_EVENTS_MAX) this.addEvent(httpEvent("too_many_warnings"));
  }

  /** An interim answer is over: the answer proper begins anew. */
  forgetResponse(): void {
    this.response = new HttpMessage(this.options.arrays);
    this.responseLines = new HeaderText();
    this.status = this.reason = null;
    this.statusNumber = 0;
  }

  message(direction: number): HttpMessage {
    return direction === 0 ? this.request : this.response;
  }

  get isConnect(): boolean {
    const { method } = this;
    return method !== null && method.length === 7 && equalsAscii(method, "CONNECT");
  }

  get normalisedUri(): Uint8Array | null {
    return this.normalForm?.bytes ?? null;
  }

  /** Something in the target was encoded twice; known where the options ask to decode twice. */
  get isDoubleEncoded(): boolean {
    return this.normalForm?.isDoubleEncoded ?? false;
  }

  private get normalForm(): NormalUri | null {
    if (this.normalUri === null && this.uri !== null) {
      this.normalUri = normaliseUri(this.uri, this.options.uri, this.path);
    }
    return this.normalUri;
  }

  get path(): Uint8Array | null {
    const path = this.uri?.path ?? null;
    if (path === null) return null;
    this.normalPath ??= normalisePath(path, this.options.uri.decoding);
    return this.normalPath;
  }

  /** The name of the server in lower case, from the target or the Host field, its port left out. */
  get host(): Uint8Array | null {
    if (this.hostText !== null) return this.hostText;
    const inUri = this.uri?.host ?? null;
    if (inUri !== null) this.hostText = normaliseHost(inUri, this.options.uri.decoding);
    else {
      const field = this.request.value("host");
      if (field === null) return null;
      const { host } = splitHostPort(field);
      if (host.length > 0) this.hostText = lowerCase(host);
    }
    return this.hostText;
  }

  /** The Host field as it was sent, or the host of the target. */
  get hostRaw(): Uint8Array | null {
    return (this.uri?.host ?? null) === null ? this.request.value("host") : this.host;
  }

  /** All fields but cookies, one a line. */
  viewHeaderLines(direction: number, view: BufferView): boolean {
    const message = this.message(direction);
    const text = direction === 0 ? this.requestLines : this.responseLines;
    if (!text.isOf(message)) {
      writeLines(text, message, this.options.slab, direction === 0 ? "cookie" : "set-cookie");
    }
    return text.view(view);
  }

  viewHeaderNames(direction: number, view: BufferView): boolean {
    writeNames(this.scratchText, this.message(direction), this.options.slab);
    return this.scratchText.view(view);
  }

  /** The first line and all fields in their normal form, with the empty line behind them. */
  viewStart(direction: number, view: BufferView): boolean {
    const message = this.message(direction);
    if (message.line === null) return false;
    writeStart(this.scratchText, message, message.line, this.options.slab);
    return this.scratchText.view(view);
  }

  override release(): void {
    super.release();
    this.request.body.release();
    this.response.body.release();
  }

  override afterInspection(direction: number): void {
    super.afterInspection(direction);
    const { body } = this.message(direction);
    const { options } = this;
    const isRequest = direction === 0;
    const minimum = isRequest
      ? options.requestInspectMinimumBytes
      : options.responseInspectMinimumBytes;
    if (!body.isComplete && body.totalBytes < minimum) return;
    const window = isRequest
      ? options.requestInspectWindowBytes
      : options.responseInspectWindowBytes;
    body.inspectedBytes = body.totalBytes;
    if (!body.isComplete) body.forget(body.totalBytes - window);
  }
}

export function equalsAscii(bytes: Uint8Array, text: string): boolean {
  if (bytes.length !== text.length) return false;
  for (let i = 0; i < text.length; i++) if (bytes[i] !== text.charCodeAt(i)) return false;
  return true;
}

export function lower(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
}
