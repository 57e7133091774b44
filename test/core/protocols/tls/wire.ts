/** Builds TLS on the wire: records, hellos, certificate messages, and certificates in DER. */
import { latin1ToBytes } from "../../../../src/core/bytes/latin1.ts";

export type Bytes = Uint8Array;

export function concat(...parts: readonly (Bytes | readonly number[])[]): Bytes {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

export function ascii(text: string): Bytes {
  return latin1ToBytes(text);
}

export function u16(value: number): number[] {
  return [(value >> 8) & 0xff, value & 0xff];
}

function u24(value: number): number[] {
  return [(value >> 16) & 0xff, ...u16(value)];
}

function vector(lengthBytes: 1 | 2 | 3, contents: Bytes | readonly number[]): Bytes {
  const { length } = contents;
  const header = lengthBytes === 1 ? [length] : lengthBytes === 2 ? u16(length) : u24(length);
  return concat(header, contents);
}

export const record = (type: number, contents: Bytes, version = 0x0303): Bytes =>
  concat([type], u16(version), vector(2, contents));

export const message = (type: number, body: Bytes): Bytes => concat([type], vector(3, body));

export const extension = (type: number, contents: Bytes | readonly number[] = []): Bytes =>
  concat(u16(type), vector(2, contents));

export const sni = (name: string): Bytes =>
  extension(0, vector(2, concat([0], vector(2, ascii(name)))));

export const alpn = (...names: readonly string[]): Bytes =>
  extension(16, vector(2, concat(...names.map((name) => vector(1, ascii(name))))));

export const curves = (...values: readonly number[]): Bytes =>
  extension(10, vector(2, values.flatMap(u16)));

export const pointFormats = (...values: readonly number[]): Bytes =>
  extension(11, vector(1, values));

export const signatureAlgorithms = (...values: readonly number[]): Bytes =>
  extension(13, vector(2, values.flatMap(u16)));

export const offeredVersions = (...values: readonly number[]): Bytes =>
  extension(43, vector(1, values.flatMap(u16)));

export const chosenVersion = (value: number): Bytes => extension(43, u16(value));

export interface HelloParts {
  readonly version?: number;
  readonly random?: Bytes;
  readonly session?: Bytes;
  readonly ciphers?: readonly number[];
  readonly extensions?: readonly Bytes[];
}

const RANDOM = Uint8Array.from({ length: 32 }, (_, i) => i);

export function clientHelloBody(parts: HelloParts = {}): Bytes {
  const { version = 0x0303, random = RANDOM, session = [], ciphers = [0x1301, 0xc02f] } = parts;
  return concat(
    u16(version),
    random,
    vector(1, session),
    vector(2, ciphers.flatMap(u16)),
    vector(1, [0]),
    vector(2, concat(...(parts.extensions ?? []))),
  );
}

export function serverHelloBody(parts: HelloParts = {}): Bytes {
  const { version = 0x0303, random = RANDOM, session = [], ciphers = [0xc02f] } = parts;
  return concat(
    u16(version),
    random,
    vector(1, session),
    u16(ciphers[0] ?? 0),
    [0],
    vector(2, concat(...(parts.extensions ?? []))),
  );
}

export const clientHello = (parts: HelloParts = {}): Bytes => message(1, clientHelloBody(parts));
export const serverHello = (parts: HelloParts = {}): Bytes => message(2, serverHelloBody(parts));
export const serverHelloDone = message(14, concat());
export const changeCipher = record(20, concat([1]));
export const data = (length: number): Bytes => record(23, new Uint8Array(length).fill(0xee));

export const certificates = (...ders: readonly Bytes[]): Bytes =>
  message(11, vector(3, concat(...ders.map((der) => vector(3, der)))));

/** One element of DER. */
export function der(tag: number, ...parts: readonly (Bytes | readonly number[])[]): Bytes {
  const contents = concat(...parts);
  const { length } = contents;
  const header =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, ...u16(length)];
  return concat([tag], header, contents);
}

export function oid(...arcs: readonly number[]): Bytes {
  const [first = 0, second = 0, ...rest] = arcs;
  const bytes = [first * 40 + second, ...rest].flatMap((arc) => {
    const groups = [arc & 0x7f];
    for (let left = arc >> 7; left > 0; left >>= 7) groups.unshift(0x80 | (left & 0x7f));
    return groups;
  });
  return der(0x06, bytes);
}

const utf8 = (text: string): Bytes => der(0x0c, ascii(text));
const attribute = (type: Bytes, value: Bytes): Bytes => der(0x30, type, value);

export const COUNTRY = oid(2, 5, 4, 6);
export const COMMON_NAME = oid(2, 5, 4, 3);
export const UNIT = oid(2, 5, 4, 11);

/** A name: each item is one set of attributes. */
export function name(...sets: readonly (readonly (readonly [Bytes, string | Bytes])[])[]): Bytes {
  const parts = sets.map((set) =>
    der(
      0x31,
      ...set.map(([type, value]) =>
        attribute(type, typeof value === "string" ? utf8(value) : value),
      ),
    ),
  );
  return der(0x30, ...parts);
}

export interface CertificateParts {
  readonly serial?: readonly number[];
  readonly issuer?: Bytes;
  readonly subject?: Bytes;
  readonly notBefore?: Bytes;
  readonly notAfter?: Bytes;
  /** General names, tagged. */
  readonly alternativeNames?: readonly Bytes[];
}

const ALGORITHM = der(0x30, oid(1, 2, 840, 113549, 1, 1, 11), der(0x05));
const KEY = der(0x30, ALGORITHM, der(0x03, [0, 1, 2, 3]));

export const utcTime = (text: string): Bytes => der(0x17, ascii(text));
export const generalizedTime = (text: string): Bytes => der(0x18, ascii(text));
export const commonName = (text: string): Bytes => name([[COMMON_NAME, text]]);

export function certificate(parts: CertificateParts = {}): Bytes {
  const names = parts.alternativeNames ?? [];
  const extensions =
    names.length === 0
      ? []
      : [der(0xa3, der(0x30, der(0x30, oid(2, 5, 29, 17), der(0x04, der(0x30, ...names)))))];
  const fields = der(
    0x30,
    der(0xa0, der(0x02, [2])),
    der(0x02, parts.serial ?? [0x00, 0xab, 0x01]),
    ALGORITHM,
    parts.issuer ?? commonName("issuer"),
    der(
      0x30,
      parts.notBefore ?? utcTime("200102030405Z"),
      parts.notAfter ?? utcTime("300102030405Z"),
    ),
    parts.subject ?? commonName("subject"),
    KEY,
    ...extensions,
  );
  return der(0x30, fields, ALGORITHM, der(0x03, [0, 9, 9]));
}
