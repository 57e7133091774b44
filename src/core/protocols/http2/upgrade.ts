/**
 * HTTP/2 that HTTP/1 went on to (h2c, RFC 7540 §3.2): the request is stream 1, half closed by the client, and its
 * field HTTP2-Settings is the client's first SETTINGS.
 */
import { bytesToLatin1, latin1ToBytes } from "../../bytes/latin1.ts";
import { TO_SERVER } from "../direction.ts";
import type { UpgradedRequest } from "../http/upgrade.ts";
import { type Frame, FrameType, newFrame, readSettings } from "./frames.ts";
import type { HeaderField } from "./hpack.ts";
import { Http2State, Http2Transaction } from "./transaction.ts";
import { decodeUrlBase64 } from "./url-base64.ts";

/** Longest HTTP2-Settings that is looked at, bytes. */
const SETTINGS_TEXT_BYTES_MAX = 4096;

/** The stream that stands for the request. */
export function streamOfUpgrade({ method, target, fields }: UpgradedRequest): Http2Transaction {
  const transaction = new Http2Transaction(1, Http2State.halfClosedClient);
  transaction.hasEnded[TO_SERVER] = true;
  const taken: HeaderField[] = [];
  if (method !== null) taken.push(fieldOf(latin1ToBytes(":method"), method));
  if (target !== null) taken.push(fieldOf(latin1ToBytes(":path"), target));
  for (const { name, value } of fields) {
    const text = bytesToLatin1(name, 0, name.length).toLowerCase();
    if (text === "http2-settings") continue;
    taken.push(fieldOf(text === "host" ? latin1ToBytes(":authority") : name, value));
  }
  transaction.request.add(newFrame(FrameType.headers, { fields: taken }));
  return transaction;
}

/** The SETTINGS that the request carried; null without, "invalid" for what cannot be read. */
export function settingsOfUpgrade({ fields }: UpgradedRequest): Frame | "invalid" | null {
  const field = fields.find(
    ({ name }) => bytesToLatin1(name, 0, name.length).toLowerCase() === "http2-settings",
  );
  if (field === undefined) return null;
  const { value } = field;
  if (value.length > SETTINGS_TEXT_BYTES_MAX) return "invalid";
  const bytes = decodeUrlBase64(bytesToLatin1(value, 0, value.length).trim());
  if (bytes === null || bytes.length % 6 !== 0) return "invalid";
  return newFrame(FrameType.settings, { settings: readSettings(bytes, 0, bytes.length) });
}

function fieldOf(name: Uint8Array, value: Uint8Array): HeaderField {
  return { name, value, sizeUpdate: -1, error: 0, entry: null };
}
