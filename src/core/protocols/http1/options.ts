/** What the configuration says about HTTP/1 (`app-layer.protocols.http.libhtp.default-config`), read once. */
import { ArrayPool } from "../../bytes/array-pool.ts";
import { ByteSlab } from "../../bytes/byte-slab.ts";
import type { Settings } from "../settings.ts";
import { DecoderPool } from "./decoder-pool.ts";
import { readUriDecoding } from "./personality.ts";
import { TokenTable } from "./token-table.ts";
import type { UriOptions } from "./uri.ts";

export interface HttpOptions {
  readonly uri: UriOptions;
  /** Bytes of a body that are kept for inspection; 0 for all. */
  readonly requestBodyLimitBytes: number;
  readonly responseBodyLimitBytes: number;
  /** Bodies are looked at when this much has come, or all. */
  readonly requestInspectMinimumBytes: number;
  readonly requestInspectWindowBytes: number;
  readonly responseInspectMinimumBytes: number;
  readonly responseInspectWindowBytes: number;
  /** Content encodings that are undone one after another. */
  readonly decompressLayersMax: number;
  /** Bytes that one body may grow to by decoding, when it grows 2,048 times. */
  readonly compressionBombBytes: number;
  readonly isLzmaOn: boolean;
  /** Memory of one decoder of lzma, bytes; 0: lzma is not undone. */
  readonly lzmaMemoryBytes: number;
  // What connections share.
  readonly decoders: DecoderPool;
  readonly tokens: TokenTable;
  readonly slab: ByteSlab;
  readonly arrays: ArrayPool;
  /** Bytes of one line. */
  readonly fieldLimitBytes: number;
  readonly headersMax: number;
  readonly transactionsMax: number;
}

const CONFIG = "libhtp.default-config";
const KILOBYTE = 1024;

export function readHttpOptions(settings: Settings): HttpOptions {
  const bytes = (name: string, fallback: number) => settings.bytes(`${CONFIG}.${name}`, fallback);
  const flag = (name: string, fallback: boolean) => settings.switch(`${CONFIG}.${name}`, fallback);
  return {
    uri: {
      decoding: readUriDecoding(settings, CONFIG),
      doubleDecodePath: flag("double-decode-path", false),
      doubleDecodeQuery: flag("double-decode-query", false),
      includeAll: flag("uri-include-all", false),
    },
    requestBodyLimitBytes: bytes("request-body-limit", 100 * KILOBYTE),
    responseBodyLimitBytes: bytes("response-body-limit", 100 * KILOBYTE),
    requestInspectMinimumBytes: bytes("request-body-minimal-inspect-size", 32 * KILOBYTE),
    requestInspectWindowBytes: bytes("request-body-inspect-window", 4 * KILOBYTE),
    responseInspectMinimumBytes: bytes("response-body-minimal-inspect-size", 40 * KILOBYTE),
    responseInspectWindowBytes: bytes("response-body-inspect-window", 16 * KILOBYTE),
    decompressLayersMax: settings.number(`${CONFIG}.response-body-decompress-layer-limit`, 2),
    compressionBombBytes: bytes("compression-bomb-limit", 1024 * KILOBYTE),
    isLzmaOn: flag("lzma-enabled", false),
    decoders: new DecoderPool(),
    tokens: new TokenTable(),
    slab: new ByteSlab(),
    arrays: new ArrayPool(),
    lzmaMemoryBytes: bytes("lzma-memlimit", 1024 * KILOBYTE),
    fieldLimitBytes: bytes("meta-field-limit", 18_000),
    headersMax: settings.number(`${CONFIG}.headers-limit`, 1024),
    transactionsMax: settings.number(`${CONFIG}.max-tx`, 512),
  };
}
