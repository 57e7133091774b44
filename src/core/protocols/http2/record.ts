/** EVE `http` of HTTP/2: the fields of both messages, and the frames in an object `http2`. */
import { bytesToLatin1 } from "../../bytes/latin1.ts";
import type { JsonWriter } from "../../eve/json-writer.ts";
import { alertLogOptions, type DnsLogOptions, readLogOptions } from "../dns/log-options.ts";
import { writeMessage } from "../dns/record.ts";
import { defineRecord } from "../record.ts";
import { errorNames, type Frame, settingNames } from "./frames.ts";
import { hpackErrorNames } from "./hpack.ts";
import type { TableEntry } from "./static-table.ts";
import { type Http2Message, Http2State, type Http2Transaction } from "./transaction.ts";

export const http2Record = defineRecord<Http2Transaction>({
  type: "http",
  optionName: "http2",
  summary: "A stream of HTTP/2, or a frame of the connection.",
  progress: [Http2State.closed, Http2State.closed],
  fields: {
    "http.version": "2",
    "http.request_headers": "fields of the request",
    "http.response_headers": "fields of the response",
    "http.http_method": "request method",
    "http.url": "request target",
    "http.hostname": "name of the server",
    "http.http_user_agent": "the client's name of itself",
    "http.length": "bytes of the body as announced",
    "http.status": "status code",
    "http.http2.stream_id": "number of the stream, 0 for the connection",
    "http.http2.request": "frames of the client: settings, priority, error code",
    "http.http2.response": "frames of the server: settings, priority, error code",
  },
  count: (transaction) => {
    if (transaction.dns?.latest) return 0;
    return transaction.messages.some(({ frames }) => frames.some(tells)) ? 1 : 0;
  },
  write: (writer, transaction) => writeHttp2(writer, transaction),
});

/** Of a stream that carries DNS: one event for question and answer. */
export const dohRecord = defineRecord<Http2Transaction>({
  type: "dns",
  optionName: "doh2",
  summary: "A stream of HTTP/2 with a DNS request, and its response.",
  progress: [Http2State.closed, Http2State.closed],
  fields: {
    http: "the stream, as in events of HTTP/2",
    dns: "the response, else the request, as in events of DNS in version 3",
  },
  count: ({ dns }) => (dns?.latest ? 1 : 0),
  write: (writer, transaction, _, { options }) =>
    writeHttp2WithDns(writer, transaction, readLogOptions(options)),
});

export function writeHttp2AlertFields(writer: JsonWriter, transaction: Http2Transaction): void {
  writeHttp2WithDns(writer, transaction, alertLogOptions);
}

function writeHttp2WithDns(
  writer: JsonWriter,
  transaction: Http2Transaction,
  options: DnsLogOptions,
): void {
  writeHttp2(writer, transaction);
  const { latest = null } = transaction.dns ?? {};
  if (latest !== null) writeMessage(writer, latest, options);
}

function writeHttp2(writer: JsonWriter, transaction: Http2Transaction): void {
  const { request, response } = transaction;
  writer.beginObject("http");
  writer.string("version", "2");
  writeFields(writer, "request_headers", request);
  writeFields(writer, "response_headers", response);
  text(writer, "http_method", request.first(":method"));
  text(writer, "url", request.first(":path"));
  text(writer, "hostname", request.first(":authority") ?? request.first("host"));
  text(writer, "http_user_agent", request.first("user-agent"));
  number(writer, "length", response.first("content-length") ?? request.first("content-length"));
  number(writer, "status", response.first(":status"));
  writer.beginObject("http2");
  writer.number("stream_id", transaction.streamId);
  writer.beginObject("request");
  writeFrames(writer, request.frames);
  writer.endObject();
  writer.beginObject("response");
  writeFrames(writer, response.frames);
  writer.endObject();
  writer.endObject();
  writer.endObject();
}

/** The frame has something that is written. */
function tells({ settings, errorCode, priority, fields }: Frame): boolean {
  return settings.length > 0 || errorCode >= 0 || priority >= 0 || fields.length > 0;
}

/** A field that comes from the table again and again is written once. */
function writeFields(writer: JsonWriter, name: string, { frames }: Http2Message): void {
  if (!frames.some(({ fields }) => fields.length > 0)) return;
  const written = new Set<TableEntry>();
  writer.beginArray(name);
  for (const { fields } of frames) {
    for (const field of fields) {
      if (field.entry !== null && written.has(field.entry)) continue;
      if (field.entry !== null) written.add(field.entry);
      writer.beginObject();
      if (field.error !== 0) {
        writer.string("error", hpackErrorNames[field.error] ?? "");
      } else if (field.sizeUpdate >= 0) {
        writer.number("table_size_update", field.sizeUpdate);
      } else {
        text(writer, "name", field.name);
        text(writer, "value", field.value);
      }
      writer.endObject();
    }
  }
  writer.endArray();
}

function writeFrames(writer: JsonWriter, frames: readonly Frame[]): void {
  writeSettings(writer, frames);
  const errors = frames.filter(({ errorCode }) => errorCode >= 0);
  const priorities = frames.filter(({ priority }) => priority >= 0);
  const [error] = errors;
  if (error !== undefined) writer.string("error_code", errorNameOf(error.errorCode));
  const [priority] = priorities;
  if (priority !== undefined) writer.number("priority", priority.priority);
  if (errors.length > 1) writer.string("has_multiple", "error_code");
  else if (priorities.length > 1) writer.string("has_multiple", "priority");
}

function writeSettings(writer: JsonWriter, frames: readonly Frame[]): void {
  const settings = frames.flatMap((frame) => frame.settings);
  if (settings.length === 0) return;
  writer.beginArray("settings");
  for (const { id, value } of settings) {
    const name = settingNames[id];
    writer.beginObject();
    writer.string("settings_id", name === undefined ? `SETTINGS${id}` : plain(name));
    writer.number("settings_value", value);
    writer.endObject();
  }
  writer.endArray();
}

function errorNameOf(code: number): string {
  const name = errorNames[code];
  return name === undefined ? `${code}` : plain(name);
}

function plain(name: string): string {
  return name.replaceAll("_", "");
}

function text(writer: JsonWriter, name: string, bytes: Uint8Array | null): void {
  if (bytes !== null) writer.bytes(name, bytes, 0, bytes.length);
}

function number(writer: JsonWriter, name: string, bytes: Uint8Array | null): void {
  if (bytes === null || bytes.length > 15) return;
  const digits = bytesToLatin1(bytes, 0, bytes.length);
  if (/^\d+$/.test(digits)) writer.number(name, Number(digits));
}
