/**
 * How servers decode request targets, by the names that the configuration gives them
 * (`libhtp.default-config.personality`), each setting replaceable (`path-...`, `query-plusspace-decode`).
 */
import type { Settings } from "../settings.ts";
import type { InvalidEncoding, UriDecoding } from "./uri-decoding.ts";

const minimal: UriDecoding = {
  backslashIsSlash: false,
  isLowerCase: false,
  compressSeparators: false,
  decodeSeparators: false,
  decodeU: false,
  utf8BestFit: false,
  replacementByte: 0x3f,
  encodedNulEnds: false,
  rawNulEnds: false,
  invalidEncoding: "preserve",
  plusIsSpace: false,
};

const generic: UriDecoding = {
  ...minimal,
  backslashIsSlash: true,
  compressSeparators: true,
  decodeSeparators: true,
};

const personalities: Readonly<Record<string, UriDecoding>> = {
  minimal,
  generic,
  ids: { ...generic, decodeU: true, utf8BestFit: true },
  iis_4_0: generic,
  iis_5_0: { ...generic, decodeU: true },
  iis_5_1: generic,
  iis_6_0: { ...generic, decodeU: true },
  iis_7_0: generic,
  iis_7_5: generic,
  apache: { ...minimal, compressSeparators: true },
  apache_2: { ...minimal, compressSeparators: true },
  tomcat_6_0: generic,
};

const invalidEncodings: Readonly<Record<string, InvalidEncoding>> = {
  preserve_percent: "preserve",
  remove_percent: "remove",
  decode_invalid: "process",
};

/** `at` is the path of the part with these settings; an unknown personality is the one without any. */
export function readUriDecoding(settings: Settings, at: string): UriDecoding {
  const name = settings.text(`${at}.personality`)?.toLowerCase() ?? "minimal";
  const base = personalities[name] ?? minimal;
  const flag = (key: string, fallback: boolean) => settings.switch(`${at}.${key}`, fallback);
  const invalid = settings.text(`${at}.path-url-encoding-invalid-handling`)?.toLowerCase();
  const replacement = settings.text(`${at}.path-bestfit-replacement-char`);
  return {
    backslashIsSlash: flag("path-convert-backslash-separators", base.backslashIsSlash),
    isLowerCase: flag("path-convert-lowercase", base.isLowerCase),
    compressSeparators: flag("path-separators-compress", base.compressSeparators),
    decodeSeparators: flag("path-separators-decode", base.decodeSeparators),
    decodeU: flag("path-u-encoding-decode", base.decodeU),
    utf8BestFit: flag("path-utf8-convert-bestfit", base.utf8BestFit),
    replacementByte: replacement?.length === 1 ? replacement.charCodeAt(0) : base.replacementByte,
    encodedNulEnds: flag("path-nul-encoded-terminates", base.encodedNulEnds),
    rawNulEnds: flag("path-nul-raw-terminates", base.rawNulEnds),
    invalidEncoding: invalidEncodings[invalid ?? ""] ?? base.invalidEncoding,
    plusIsSpace: flag("query-plusspace-decode", base.plusIsSpace),
  };
}
