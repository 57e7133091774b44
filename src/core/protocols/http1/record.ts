/** EVE `http` of HTTP/1, as an event and as a part of alerts. */
import { bytesToText } from "../../bytes/utf8.ts";
import type { JsonWriter } from "../../eve/json-writer.ts";
import { defineRecord, type RecordContext } from "../record.ts";
import type { Settings } from "../settings.ts";
import { parseLength } from "./header-block.ts";
import { EMPTY, type HttpMessage, latinText } from "./message.ts";
import { type Http1Transaction, HttpState } from "./transaction.ts";
import { splitHostPort } from "./uri.ts";

/** Fields that `custom` may ask for: the name in EVE, the header field. */
const customFields: readonly (readonly [string, string])[] = [
  ["accept", "accept"],
  ["accept_charset", "accept-charset"],
  ["accept_encoding", "accept-encoding"],
  ["accept_language", "accept-language"],
  ["accept_datetime", "accept-datetime"],
  ["authorization", "authorization"],
  ["cache_control", "cache-control"],
  ["cookie", "cookie"],
  ["from", "from"],
  ["max_forwards", "max-forwards"],
  ["origin", "origin"],
  ["pragma", "pragma"],
  ["proxy_authorization", "proxy-authorization"],
  ["range", "range"],
  ["te", "te"],
  ["via", "via"],
  ["x_requested_with", "x-requested-with"],
  ["dnt", "dnt"],
  ["x_forwarded_proto", "x-forwarded-proto"],
  ["x_authenticated_user", "x-authenticated-user"],
  ["x_flash_version", "x-flash-version"],
  ["true_client_ip", "true-client-ip"],
  ["org_src_ip", "org-src-ip"],
  ["x_bluecoat_via", "x-bluecoat-via"],
  ["accept_range", "accept-range"],
  ["age", "age"],
  ["allow", "allow"],
  ["connection", "connection"],
  ["content_encoding", "content-encoding"],
  ["content_language", "content-language"],
  ["content_length", "content-length"],
  ["content_location", "content-location"],
  ["content_md5", "content-md5"],
  ["content_range", "content-range"],
  ["content_type", "content-type"],
  ["date", "date"],
  ["etag", "etag"],
  ["expires", "expires"],
  ["last_modified", "last-modified"],
  ["link", "link"],
  ["location", "location"],
  ["proxy_authenticate", "proxy-authenticate"],
  ["referrer", "referer"],
  ["refresh", "refresh"],
  ["retry_after", "retry-after"],
  ["server", "server"],
  ["set_cookie", "set-cookie"],
  ["trailer", "trailer"],
  ["transfer_encoding", "transfer-encoding"],
  ["upgrade", "upgrade"],
  ["vary", "vary"],
  ["warning", "warning"],
  ["www_authenticate", "www-authenticate"],
];

export const httpRecord = defineRecord<Http1Transaction>({
  type: "http",
  summary: "A request and its response.",
  progress: [HttpState.complete, HttpState.complete],
  fields: {
    "http.hostname": "name of the server",
    "http.http_port": "port in the request, where it has one",
    "http.url": "request target",
    "http.http_user_agent": "the client's name of itself",
    "http.http_content_type": "type of the response's content",
    "http.http_refer": "the referring page",
    "http.http_method": "request method",
    "http.protocol": "version of the request",
    "http.status": "status code",
    "http.redirect": "where the response points to",
    "http.length": "bytes of the response's body",
  },
  write(writer, transaction, _, { options }) {
    writer.beginObject("http");
    writeBasic(writer, transaction);
    if (options.switch("extended", false)) writeExtended(writer, transaction);
    writeHeaders(writer, "request", transaction.request, options);
    writeHeaders(writer, "response", transaction.response, options);
    writer.endObject();
  },
});

export function writeHttpAlertFields(
  writer: JsonWriter,
  transaction: Http1Transaction,
  { options }: RecordContext,
): void {
  writer.beginObject("http");
  writeBasic(writer, transaction);
  writeExtended(writer, transaction);
  if (options.switch("http-body", false)) writeBodies(writer, transaction, "base64");
  if (options.switch("http-body-printable", false)) writeBodies(writer, transaction, "printable");
  writer.endObject();
}

function writeBasic(writer: JsonWriter, transaction: Http1Transaction): void {
  const { request, response } = transaction;
  const { host } = transaction;
  if (host !== null) text(writer, "hostname", host);
  const port = portOf(transaction);
  if (port > 0) writer.number("http_port", port);
  if (transaction.uriRaw !== null) text(writer, "url", transaction.uriRaw);
  optional(writer, "http_user_agent", request.value("user-agent"));
  const contentType = response.value("content-type");
  if (contentType !== null) {
    const semicolon = contentType.indexOf(0x3b);
    text(writer, "http_content_type", contentType.slice(0, semicolon < 0 ? undefined : semicolon));
  }
  const range = response.value("content-range");
  if (range !== null) writeRange(writer, range);
}

function portOf({ uri, hostRaw }: Http1Transaction): number {
  const port = uri?.port ?? (hostRaw === null ? null : splitHostPort(hostRaw).port);
  if (port === null) return 0;
  const number = parseLength(port);
  return number > 0 && number <= 65_535 ? number : 0;
}

function writeRange(writer: JsonWriter, range: Uint8Array): void {
  writer.beginObject("content_range");
  text(writer, "raw", range);
  const match = /bytes\s+(\d+)-(\d+)\/(\d+|\*)/i.exec(latinText(range));
  if (match !== null) {
    writer.number("start", Number(match[1]));
    writer.number("end", Number(match[2]));
    if (match[3] !== "*") writer.number("size", Number(match[3]));
  }
  writer.endObject();
}

function writeExtended(writer: JsonWriter, transaction: Http1Transaction): void {
  const { request, response } = transaction;
  optional(writer, "http_refer", request.value("referer"));
  optional(writer, "http_method", transaction.method);
  optional(writer, "protocol", request.protocol);
  const { status, statusNumber } = transaction;
  if (status !== null && statusNumber === 0) text(writer, "status_string", status);
  if (status !== null && statusNumber > 0) {
    writer.number("status", statusNumber);
    const location = response.value("location");
    if (statusNumber >= 300 && statusNumber < 400 && location !== null) {
      text(writer, "redirect", location);
    }
  }
  writer.number("length", response.bodyBytes);
}

/** All header fields of a side, or those that `custom` asks for; nothing when there are none. */
function writeHeaders(
  writer: JsonWriter,
  side: "request" | "response",
  message: HttpMessage,
  options: Settings,
): void {
  const dump = options.text("dump-all-headers");
  const isDumped = dump === "both" || dump === side;
  const wanted = isDumped ? null : wantedFields(options);
  const fields = message.fields.filter(
    ({ name }) => wanted === null || wanted.has(latinText(name).toLowerCase()),
  );
  if (fields.length === 0) return;
  writer.beginArray(`${side}_headers`);
  for (const field of fields) {
    writer.beginObject();
    text(writer, "name", field.name);
    text(writer, "value", field.value);
    writer.endObject();
  }
  writer.endArray();
}

/** Names of header fields in lower case; `custom` has them, or their names in EVE. */
function wantedFields(options: Settings): ReadonlySet<string> {
  const names = options.list("custom").flatMap((wanted) => {
    const known = customFields.find(
      ([field, header]) => field === wanted || header === wanted.toLowerCase(),
    );
    return known === undefined ? [] : [known[1]];
  });
  return new Set(names);
}

function writeBodies(
  writer: JsonWriter,
  { request, response }: Http1Transaction,
  form: "base64" | "printable",
): void {
  writeBody(writer, "http_request_body", request, form);
  writeBody(writer, "http_response_body", response, form);
}

function writeBody(
  writer: JsonWriter,
  name: string,
  { body }: HttpMessage,
  form: "base64" | "printable",
): void {
  if (body.windowBytes === 0) return;
  if (form === "base64") writer.base64(name, body.bytes, body.start, body.end);
  else writer.string(`${name}_printable`, printable(body.bytes, body.start, body.end));
}

function printable(bytes: Uint8Array, start: number, end: number): string {
  let shown = "";
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    const isShown = (byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x0d;
    shown += isShown ? String.fromCharCode(byte) : ".";
  }
  return shown;
}

function text(writer: JsonWriter, name: string, bytes: Uint8Array = EMPTY): void {
  writer.string(name, bytesToText(bytes, 0, bytes.length));
}

function optional(writer: JsonWriter, name: string, bytes: Uint8Array | null): void {
  if (bytes !== null) text(writer, name, bytes);
}
