/** Which encodings a Content-Encoding field asks to undo, read as leniently as browsers read it. */
import type { Encoding } from "./content-decoder.ts";
import { type HttpMessage, lowerText } from "./message.ts";
import type { Http1Transaction } from "./transaction.ts";

/** The encodings of the body, the outermost first. */
export function encodingsOf(transaction: Http1Transaction, message: HttpMessage): Encoding[] {
  const value = message.value("content-encoding");
  if (value === null) return [];
  const found: Encoding[] = [];
  for (const token of lowerText(value).split(/[,\s]+/)) {
    if (token === "" || token === "inflate" || token === "identity") continue;
    const encoding = encodingOf(token, transaction);
    if (encoding === "none") continue;
    if (found.length >= transaction.options.decompressLayersMax) {
      transaction.note("too_many_encoding_layers");
      break;
    }
    // One layer of lzma and no more.
    if (encoding === "lzma" && found.includes("lzma")) break;
    found.push(encoding);
  }
  return found;
}

function encodingOf(token: string, transaction: Http1Transaction): Encoding {
  if (token.includes("gzip")) {
    if (token !== "gzip" && token !== "x-gzip") transaction.note("abnormal_ce_header");
    return "gzip";
  }
  if (token.includes("deflate")) {
    if (token !== "deflate" && token !== "x-deflate") transaction.note("abnormal_ce_header");
    return "deflate";
  }
  if (token === "br") return "br";
  if (token !== "lzma") {
    transaction.note("abnormal_ce_header");
    return "none";
  }
  const { isLzmaOn, lzmaMemoryBytes } = transaction.options;
  return isLzmaOn && lzmaMemoryBytes > 0 ? "lzma" : "none";
}
