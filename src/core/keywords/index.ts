/**
 * All keywords, sorted by name. The engine is given this list; nothing else in the tree names a keyword.
 */
import type { Keyword } from "../detect/keyword.ts";
import { absent } from "./content/absent.ts";
import { asn1 } from "./content/asn1.ts";
import { base64Data } from "./content/base64-data.ts";
import { base64Decode } from "./content/base64-decode.ts";
import { bsize } from "./content/bsize.ts";
import { byteExtract } from "./content/byte-extract.ts";
import { byteJump } from "./content/byte-jump.ts";
import { byteMath } from "./content/byte-math.ts";
import { byteTest } from "./content/byte-test.ts";
import { content } from "./content/content.ts";
import { depth } from "./content/depth.ts";
import { distance } from "./content/distance.ts";
import { dsize } from "./content/dsize.ts";
import { endsWith } from "./content/endswith.ts";
import { entropy } from "./content/entropy.ts";
import { fastPattern } from "./content/fast-pattern.ts";
import { flowVar } from "./content/flowvar.ts";
import { isDataAt } from "./content/isdataat.ts";
import { nocase } from "./content/nocase.ts";
import { offset } from "./content/offset.ts";
import { pcre } from "./content/pcre.ts";
import { pktData } from "./content/pkt-data.ts";
import { pktVar } from "./content/pktvar.ts";
import { rawBytes } from "./content/rawbytes.ts";
import { replace } from "./content/replace.ts";
import { rpc } from "./content/rpc.ts";
import { startsWith } from "./content/startswith.ts";
import { within } from "./content/within.ts";
import { compressWhitespace } from "./transforms/compress-whitespace.ts";
import { domain } from "./transforms/domain.ts";
import { dotPrefix } from "./transforms/dotprefix.ts";
import { fromBase64 } from "./transforms/from-base64.ts";
import { gunzip } from "./transforms/gunzip.ts";
import { headerLowercase } from "./transforms/header-lowercase.ts";
import { luaXform } from "./transforms/luaxform.ts";
import { pcreXform } from "./transforms/pcrexform.ts";
import { stripPseudoHeaders } from "./transforms/strip-pseudo-headers.ts";
import { stripWhitespace } from "./transforms/strip-whitespace.ts";
import { subslice } from "./transforms/subslice.ts";
import { tld } from "./transforms/tld.ts";
import { toLowercase } from "./transforms/to-lowercase.ts";
import { toMd5 } from "./transforms/to-md5.ts";
import { toSha1 } from "./transforms/to-sha1.ts";
import { toSha256 } from "./transforms/to-sha256.ts";
import { toUppercase } from "./transforms/to-uppercase.ts";
import { urlDecode } from "./transforms/url-decode.ts";
import { xor } from "./transforms/xor.ts";
import { zlibDeflate } from "./transforms/zlib-deflate.ts";

export const keywords: readonly Keyword[] = [
  absent,
  asn1,
  base64Data,
  base64Decode,
  bsize,
  byteExtract,
  byteJump,
  byteMath,
  byteTest,
  compressWhitespace,
  content,
  depth,
  distance,
  domain,
  dotPrefix,
  dsize,
  endsWith,
  entropy,
  fastPattern,
  flowVar,
  fromBase64,
  gunzip,
  headerLowercase,
  isDataAt,
  luaXform,
  nocase,
  offset,
  pcre,
  pcreXform,
  pktData,
  pktVar,
  rawBytes,
  replace,
  rpc,
  startsWith,
  stripPseudoHeaders,
  stripWhitespace,
  subslice,
  tld,
  toLowercase,
  toMd5,
  toSha1,
  toSha256,
  toUppercase,
  urlDecode,
  within,
  xor,
  zlibDeflate,
];
