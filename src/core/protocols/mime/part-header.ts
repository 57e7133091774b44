/** What the header of a part says about its content: name, encoding, type, boundary of its own parts. */
import { bytesToLatin1 } from "../../bytes/latin1.ts";
import { findParameter } from "./header-parameters.ts";
import type { MimeField } from "./message.ts";

export const TransferEncoding = { plain: 0, base64: 1, quotedPrintable: 2 } as const;

/** Bytes of a name that are kept. */
export const FILE_NAME_BYTES_MAX = 255;
const BOUNDARY_BYTES_USUAL = 254;

export interface PartHeader {
  /** Of an attachment; null without. */
  readonly name: Uint8Array | null;
  readonly isNameLong: boolean;
  /** A value of TransferEncoding; null when the header has none. */
  readonly encoding: number | null;
  /** "text/plain" and the like, in lower case without parameters; null without. */
  readonly type: string | null;
  readonly boundaries: readonly Uint8Array[];
  readonly isBoundaryLong: boolean;
}

export function readPartHeader(fields: readonly MimeField[]): PartHeader {
  let name: Uint8Array | null = null;
  let encoding: number | null = null;
  let type: string | null = null;
  const boundaries: Uint8Array[] = [];
  for (const field of fields) {
    if (field.name === "content-disposition") {
      name ??= nameIn(field.value, "filename");
    } else if (field.name === "content-transfer-encoding") {
      encoding = encodingOf(field.value) ?? encoding;
    } else if (field.name === "content-type") {
      name ??= nameIn(field.value, "name");
      type = typeOf(field.value);
      const boundary = findParameter(field.value, "boundary");
      if (boundary !== null) boundaries.push(boundary);
    }
  }
  return {
    name: name?.slice(0, FILE_NAME_BYTES_MAX) ?? null,
    isNameLong: name !== null && name.length > FILE_NAME_BYTES_MAX,
    encoding,
    type,
    boundaries,
    isBoundaryLong: boundaries.some(({ length }) => length > BOUNDARY_BYTES_USUAL),
  };
}

function nameIn(value: Uint8Array, parameter: string): Uint8Array | null {
  const name = findParameter(value, parameter);
  return name === null || name.length === 0 ? null : name;
}

function encodingOf(value: Uint8Array): number | null {
  switch (bytesToLatin1(value, 0, value.length).trim().toLowerCase()) {
    case "base64":
      return TransferEncoding.base64;
    case "quoted-printable":
      return TransferEncoding.quotedPrintable;
    default:
      return null;
  }
}

function typeOf(value: Uint8Array): string {
  const semicolon = value.indexOf(0x3b);
  const end = semicolon < 0 ? value.length : semicolon;
  return bytesToLatin1(value, 0, end).trim().toLowerCase();
}
