/**
 * A stream of HTTP/2 (RFC 9113 §5): its frames in both directions, its state, its bodies. Each frame of the
 * connection itself (stream 0) is a transaction of its own.
 */
import { latin1ToBytes } from "../../bytes/latin1.ts";
import { TO_CLIENT, TO_SERVER } from "../direction.ts";
import type { TransactionFile } from "../file.ts";
import type { ContentDecoder } from "../http1/content-decoder.ts";
import { Transaction } from "../transaction.ts";
import type { BodySink } from "./body-sink.ts";
import type { DnsMessages } from "./dns-messages.ts";
import type { Frame } from "./frames.ts";
import { type HeaderField, HpackError } from "./hpack.ts";

export const Http2State = {
  idle: 0,
  open: 1,
  reserved: 2,
  dataClient: 3,
  halfClosedClient: 4,
  dataServer: 5,
  halfClosedServer: 6,
  closed: 7,
  /** Frames of the connection: at once complete. */
  global: 8,
} as const;

export const http2StateNames = [
  "idle",
  "open",
  "reserved",
  "data_client",
  "half_closed_client",
  "data_server",
  "half_closed_server",
  "closed",
];

export const Http2Event = {
  invalidFrameHeader: 0,
  invalidClientMagic: 1,
  invalidFrameData: 2,
  invalidHeader: 3,
  invalidFrameLength: 4,
  extraHeaderData: 5,
  longFrameData: 6,
  streamIdReuse: 7,
  invalidHttp1Settings: 8,
  failedDecompression: 9,
  invalidRange: 10,
  headerIntegerOverflow: 11,
  tooManyStreams: 12,
  authorityHostMismatch: 13,
  userinfoInUri: 14,
  reassemblyLimitReached: 15,
  dnsRequestTooLong: 16,
  dnsResponseTooLong: 17,
  dataStreamZero: 18,
  tooManyFrames: 19,
  compressionBomb: 20,
} as const;

export const http2EventNames = [
  "invalid_frame_header",
  "invalid_client_magic",
  "invalid_frame_data",
  "invalid_header",
  "invalid_frame_length",
  "extra_header_data",
  "long_frame_data",
  "stream_id_reuse",
  "invalid_http1_settings",
  "failed_decompression",
  "invalid_range",
  "header_integer_overflow",
  "too_many_streams",
  "authority_host_mismatch",
  "userinfo_in_uri",
  "reassembly_limit_reached",
  "dns_request_too_long",
  "dns_response_too_long",
  "data_stream_zero",
  "too_many_frames",
  "compression_bomb",
];

const COMMA = latin1ToBytes(", ");

export class Http2Message {
  readonly frames: Frame[] = [];
  file: TransactionFile | null = null;
  /** Where the decoded body goes. */
  sink: BodySink | null = null;
  decoder: ContentDecoder | null = null;
  /** All fields in their order, of all header blocks. */
  readonly fields: HeaderField[] = [];
  /** Buffers that were asked for, by what they are. */
  readonly cache = new Map<string, Uint8Array>();

  add(frame: Frame): void {
    this.frames.push(frame);
    if (frame.fields.length === 0) return;
    this.cache.clear();
    for (const field of frame.fields) {
      if (field.error === HpackError.none && field.sizeUpdate < 0) this.fields.push(field);
    }
  }

  /** The first value of a field; null without. */
  first(name: string): Uint8Array | null {
    for (const field of this.fields) if (hasName(field, name)) return field.value;
    return null;
  }

  /** The values of a field, joined; null without. */
  value(name: string): Uint8Array | null {
    const values = this.fields.filter((field) => hasName(field, name)).map(({ value }) => value);
    const [only] = values;
    if (only === undefined) return null;
    if (values.length === 1) return only;
    return this.cached(`value ${name}`, () => joinWith(values, COMMA));
  }

  cached(key: string, make: () => Uint8Array): Uint8Array {
    let bytes = this.cache.get(key);
    if (bytes === undefined) {
      bytes = make();
      this.cache.set(key, bytes);
    }
    return bytes;
  }
}

export class Http2Transaction extends Transaction {
  readonly streamId: number;
  state: number;
  /** Null while nothing tells of DNS. */
  dns: DnsMessages | null = null;
  /** Sides that said that they send no more, by direction. */
  readonly hasEnded: [boolean, boolean] = [false, false];
  /** By direction. */
  readonly messages: readonly [Http2Message, Http2Message] = [
    new Http2Message(),
    new Http2Message(),
  ];

  constructor(streamId: number, state: number) {
    super();
    this.streamId = streamId;
    this.state = Http2State.idle;
    this.advance(state);
  }

  get request(): Http2Message {
    return this.messages[TO_SERVER];
  }

  get response(): Http2Message {
    return this.messages[TO_CLIENT];
  }

  /** Goes on to a later state; never back. */
  advance(state: number): void {
    if (state <= this.state) return;
    this.state = state;
    const progress = Math.min(state, Http2State.closed);
    this.reach(TO_SERVER, progress);
    this.reach(TO_CLIENT, progress);
  }
}

function hasName({ name }: HeaderField, wanted: string): boolean {
  if (name.length !== wanted.length) return false;
  for (let i = 0; i < wanted.length; i++) if (name[i] !== wanted.charCodeAt(i)) return false;
  return true;
}

export function joinWith(parts: readonly Uint8Array[], separator: Uint8Array): Uint8Array {
  let length = separator.length * Math.max(0, parts.length - 1);
  for (const part of parts) length += part.length;
  const joined = new Uint8Array(length);
  let at = 0;
  parts.forEach((part, index) => {
    if (index > 0) {
      joined.set(separator, at);
      at += separator.length;
    }
    joined.set(part, at);
    at += part.length;
  });
  return joined;
}
