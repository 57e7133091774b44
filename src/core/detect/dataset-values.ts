/**
 * The values of datasets as their files write them: strings in base64, digests in hexadecimal, addresses as
 * text. In a set, an address is its 4 or 16 bytes.
 */
import { addressToText } from "../bytes/address-text.ts";
import { Base64Mode, decodeBase64, encodeBase64 } from "../bytes/base64.ts";
import { bytesToHex } from "../bytes/hex.ts";
import { latin1ToBytes } from "../bytes/latin1.ts";
import { parseIpv4, parseIpv6 } from "../rule/ip-address.ts";

export const datasetTypes = ["string", "md5", "sha256", "ipv4", "ip"] as const;
export type DatasetType = (typeof datasetTypes)[number];

/** Bytes of a value, 0 where any number will do. */
const sizes: Readonly<Record<DatasetType, number>> = {
  string: 0,
  md5: 16,
  sha256: 32,
  ipv4: 4,
  ip: 0,
};

/** Tells whether a buffer of this size can be a value of the type. */
export function isValueSize(type: DatasetType, sizeBytes: number): boolean {
  if (type === "ip") return sizeBytes === 4 || sizeBytes === 16;
  return sizeBytes > 0 && (sizes[type] === 0 || sizes[type] === sizeBytes);
}

/** The value that a line of a file writes, or null. */
export function parseDatasetValue(type: DatasetType, text: string): Uint8Array | null {
  switch (type) {
    case "string":
      return parseBase64(text);
    case "md5":
    case "sha256":
      return parseHex(text, sizes[type]);
    case "ipv4":
      return parseAddressBytes(text, false);
    default:
      return parseAddressBytes(text, true);
  }
}

export function formatDatasetValue(type: DatasetType, value: Uint8Array): string {
  switch (type) {
    case "string":
      return encodeBase64(value, 0, value.length);
    case "md5":
    case "sha256":
      return bytesToHex(value, 0, value.length);
    default: {
      const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
      const words = new Int32Array(4);
      for (let i = 0; i < value.length / 4; i++) words[i] = view.getInt32(4 * i);
      return addressToText(value.length === 4 ? 4 : 6, words);
    }
  }
}

function parseBase64(text: string): Uint8Array | null {
  const bytes = latin1ToBytes(text);
  const out = new Uint8Array(bytes.length);
  const length = decodeBase64(bytes, 0, bytes.length, out, 0, out.length, Base64Mode.strict);
  return length === 0 ? null : out.slice(0, length);
}

function parseHex(text: string, sizeBytes: number): Uint8Array | null {
  if (text.length !== 2 * sizeBytes || !/^[0-9a-f]*$/i.test(text)) return null;
  return Uint8Array.from({ length: sizeBytes }, (_, i) =>
    Number.parseInt(text.slice(2 * i, 2 * i + 2), 16),
  );
}

const IPV4_MAPPED = 0xffffn;

/** IPv4 inside IPv6 (`::ffff:1.2.3.4`) is the IPv4 address. */
function parseAddressBytes(text: string, allowsIpv6: boolean): Uint8Array | null {
  const ipv4 = parseIpv4(text);
  if (ipv4 !== null) return bigEndian(ipv4, 4);
  const ipv6 = allowsIpv6 ? parseIpv6(text) : null;
  if (ipv6 === null) return null;
  return ipv6 >> 32n === IPV4_MAPPED ? bigEndian(ipv6 & 0xffff_ffffn, 4) : bigEndian(ipv6, 16);
}

function bigEndian(value: bigint, sizeBytes: number): Uint8Array {
  const bytes = new Uint8Array(sizeBytes);
  let rest = value;
  for (let i = sizeBytes - 1; i >= 0; i--) {
    bytes[i] = Number(rest & 255n);
    rest >>= 8n;
  }
  return bytes;
}
