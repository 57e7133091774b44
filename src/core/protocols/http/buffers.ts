/** The buffers of HTTP, whatever the version: http1 and http2 attach their sources to these. */
import { defineBuffer } from "../buffer.ts";

const family = "http";

export const httpUri = defineBuffer({
  name: "http.uri",
  aliases: ["http.uri.normalized"],
  modifier: "http_uri",
  family,
  summary: "The request target in its normal form.",
});
export const httpUriRaw = defineBuffer({
  name: "http.uri.raw",
  modifier: "http_raw_uri",
  family,
  summary: "The request target as it was sent.",
  refuses: (pattern) =>
    pattern.includes(0x20) ? "a request target has no space in its raw form" : null,
});
export const httpMethod = defineBuffer({
  name: "http.method",
  modifier: "http_method",
  family,
  summary: "The request method.",
});
export const httpRequestLine = defineBuffer({
  name: "http.request_line",
  aliases: ["http_request_line"],
  family,
  summary: "The request line.",
});
export const httpResponseLine = defineBuffer({
  name: "http.response_line",
  aliases: ["http_response_line"],
  family,
  summary: "The status line.",
});
export const httpProtocol = defineBuffer({
  name: "http.protocol",
  aliases: ["http_protocol"],
  family,
  summary: "The protocol version of the first line, as HTTP/1.1.",
});
export const httpHeader = defineBuffer({
  name: "http.header",
  modifier: "http_header",
  family,
  summary: "The header fields, one a line, cookies left out.",
});
export const httpHeaderRaw = defineBuffer({
  name: "http.header.raw",
  modifier: "http_raw_header",
  family,
  summary: "The header block as it was sent.",
});
export const httpHeaderNames = defineBuffer({
  name: "http.header_names",
  aliases: ["http_header_names"],
  family,
  summary: "The names of the header fields, one a line.",
});
export const httpRequestHeader = defineBuffer({
  name: "http.request_header",
  family,
  summary: "Each header field of the request, as name: value.",
  multi: true,
});
export const httpResponseHeader = defineBuffer({
  name: "http.response_header",
  family,
  summary: "Each header field of the response, as name: value.",
  multi: true,
});
export const httpCookie = defineBuffer({
  name: "http.cookie",
  modifier: "http_cookie",
  family,
  summary: "The cookies that are sent or set.",
});
export const httpHost = defineBuffer({
  name: "http.host",
  modifier: "http_host",
  family,
  summary: "The name of the server in lower case, without its port.",
  refuses: (pattern, nocase) => {
    if (nocase) return 'http.host is in lower case: "nocase" is of no use';
    return pattern.some((byte) => byte >= 0x41 && byte <= 0x5a)
      ? "http.host is in lower case: upper case never matches"
      : null;
  },
});
export const httpHostRaw = defineBuffer({
  name: "http.host.raw",
  modifier: "http_raw_host",
  family,
  summary: "The name of the server as it was sent.",
});
export const httpUserAgent = defineBuffer({
  name: "http.user_agent",
  modifier: "http_user_agent",
  family,
  summary: "The User-Agent field.",
});
export const httpStatCode = defineBuffer({
  name: "http.stat_code",
  modifier: "http_stat_code",
  family,
  summary: "The status code.",
});
export const httpStatMessage = defineBuffer({
  name: "http.stat_msg",
  modifier: "http_stat_msg",
  family,
  summary: "The reason phrase.",
});
export const httpRequestBody = defineBuffer({
  name: "http.request_body",
  modifier: "http_client_body",
  family,
  summary: "The body of the request.",
});
export const httpResponseBody = defineBuffer({
  name: "http.response_body",
  modifier: "http_server_body",
  family,
  summary: "The body of the response, decoded.",
});
export const httpStart = defineBuffer({
  name: "http.start",
  aliases: ["http_start"],
  family,
  summary: "The first line and the header fields, one a line.",
});

/** Buffers that are the value of one header field. */
export const fieldBuffers = [
  field("http.accept", "http_accept", "accept", ["toServer"]),
  field("http.accept_enc", "http_accept_enc", "accept-encoding", ["toServer"]),
  field("http.accept_lang", "http_accept_lang", "accept-language", ["toServer"]),
  field("http.connection", "http_connection", "connection", ["toServer", "toClient"]),
  field("http.content_len", "http_content_len", "content-length", ["toServer", "toClient"]),
  field("http.content_type", "http_content_type", "content-type", ["toServer", "toClient"]),
  field("http.location", null, "location", ["toClient"]),
  field("http.referer", "http_referer", "referer", ["toServer"]),
  field("http.server", null, "server", ["toClient"]),
] as const;

function field(
  name: string,
  alias: string | null,
  fieldName: string,
  sides: readonly ("toServer" | "toClient")[],
) {
  const buffer = defineBuffer({
    name,
    ...(alias === null ? {} : { aliases: [alias] }),
    family,
    summary: `The value of the field ${fieldName}.`,
    ...(sides.length > 1 ? { sided: true } : {}),
  });
  return { buffer, fieldName, sides };
}
