import { expect, it } from "vitest";
import {
  readUint16,
  readUint16Le,
  readUint24,
  readUint24Le,
  readUint32,
  readUint32Le,
  readUint64,
  readUint64Le,
} from "../../../src/core/bytes/endian.ts";
import { bytesToHex } from "../../../src/core/bytes/hex.ts";
import { bytesToLatin1, latin1ToBytes } from "../../../src/core/bytes/latin1.ts";

const bytes = Uint8Array.of(0, 0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32, 0x10);

it("integers are unsigned in both orders at odd offsets", () => {
  expect(readUint16(bytes, 1)).toBe(0xfedc);
  expect(readUint24(bytes, 1)).toBe(0xfedcba);
  expect(readUint32(bytes, 1)).toBe(0xfedcba98);
  expect(readUint64(bytes, 1)).toBe(0xfedcba9876543210n);
  expect(readUint16Le(bytes, 1)).toBe(0xdcfe);
  expect(readUint24Le(bytes, 1)).toBe(0xbadcfe);
  expect(readUint32Le(bytes, 5)).toBe(0x10325476);
  expect(readUint64Le(bytes, 1)).toBe(0x1032547698badcfen);
});

it("latin-1 text holds every byte, in long ranges too", () => {
  const all = Uint8Array.from({ length: 9000 }, (_, index) => index & 255);
  expect(latin1ToBytes(bytesToLatin1(all, 0, all.length))).toEqual(all);
  expect(bytesToLatin1(all, 65, 68)).toBe("ABC");
});

it("hexadecimal text has two lower-case digits a byte", () => {
  expect(bytesToHex(bytes, 0, 3)).toBe("00fedc");
});
