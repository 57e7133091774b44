/** Checks of a whole request header: the host it names, its port, how it authenticates. */
import { isIpv6 } from "./forwarded-for.ts";
import { lowerText } from "./message.ts";
import type { Http1Transaction } from "./transaction.ts";
import { portNumber, splitHostPort } from "./uri.ts";

const HOST_BYTES_MAX = 255;
const LABEL_BYTES_MAX = 63;
const DOT = 0x2e;

export function checkTarget(transaction: Http1Transaction): void {
  const { uri } = transaction;
  if (uri === null) return;
  const { doubleDecodePath, doubleDecodeQuery } = transaction.options.uri;
  if ((doubleDecodePath || doubleDecodeQuery) && transaction.isDoubleEncoded) {
    transaction.note("double_encoded_uri");
  }
  const { host } = transaction;
  const isPortBad = uri.port !== null && portNumber(uri.port) === 0;
  if (isPortBad || (uri.host !== null && host !== null && !isHostName(host))) {
    transaction.note("request_uri_host_invalid");
  }
}

export function checkHost(transaction: Http1Transaction): void {
  const { request, uri } = transaction;
  const field = request.value("host");
  if (field === null) {
    if (request.version === 11) transaction.note("missing_host_header");
    return;
  }
  const { host, port, hasJunk } = splitHostPort(field);
  const number = port === null ? 0 : portNumber(port);
  if (hasJunk || !isHostName(host) || (port !== null && number === 0)) {
    transaction.note("request_header_host_invalid");
  }
  if (uri === null || uri.host === null || transaction.host === null) return;
  const ownPort = uri.port === null ? 0 : portNumber(uri.port);
  const isOtherPort = port !== null && ownPort !== 0 && ownPort !== number;
  if (isOtherPort || lowerText(host) !== lowerText(transaction.host)) {
    transaction.note("host_header_ambiguous");
  }
}

/** Letters, digits, "-" and "_" in labels of at most 63 bytes, 255 in all; or an IPv6 address in brackets. */
function isHostName(host: Uint8Array): boolean {
  if (host.length === 0 || host.length > HOST_BYTES_MAX) return false;
  if (host[0] === 0x5b && host.indexOf(0x5d) === host.length - 1) {
    return isIpv6(lowerText(host).slice(1, -1));
  }
  if (host[0] === DOT) return false;
  let label = 0;
  for (let i = 0; i < host.length; i++) {
    const byte = host[i]!;
    if (byte === DOT && host[i + 1] === DOT) return false;
    if (byte !== DOT && !isLabelByte(byte)) return false;
    label = byte === DOT ? 0 : label + 1;
    if (label > LABEL_BYTES_MAX) return false;
  }
  return true;
}

function isLabelByte(byte: number): boolean {
  const isDigit = byte >= 0x30 && byte <= 0x39;
  const letter = byte | 0x20;
  // Bytes of other alphabets count as letters.
  const isLetter = (letter >= 0x61 && letter <= 0x7a) || byte >= 0xc0;
  return isDigit || isLetter || byte === 0x2d || byte === 0x5f;
}

/** Basic, Digest and Bearer are known (RFC 7617, 7616, 6750). */
export function checkAuthorization(transaction: Http1Transaction): void {
  const value = transaction.request.value("authorization");
  if (value === null) return;
  if (!/^(basic|digest|bearer)/.test(lowerText(value))) {
    transaction.note("request_auth_unrecognized");
  }
}
