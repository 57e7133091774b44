/** One feed of any format, told by its looks unless the caller names it. */
import { hasCsvHead, readCsv } from "./csv.ts";
import type { Feed } from "./indicator.ts";
import { isRecord } from "./json-fields.ts";
import { readMisp } from "./misp.ts";
import { readPlainList } from "./plain-list.ts";
import { readStix } from "./stix.ts";

export const feedFormats = ["stix", "misp", "csv", "list"] as const;
export type FeedFormat = (typeof feedFormats)[number];

/** A feed that is not what it should be; nothing of it was read. */
export class FeedError extends Error {}

/** Throws FeedError for text that is not of the format. */
export function readFeed(text: string, named: FeedFormat | null): Feed {
  const isJson = named === null ? /^\s*[{[]/.test(text) : named === "stix" || named === "misp";
  if (isJson) return readJson(parseJson(text), named);
  const isCsv = named === null ? hasCsvHead(text) : named === "csv";
  return isCsv ? readCsv(text) : readPlainList(text);
}

function readJson(document: unknown, named: FeedFormat | null): Feed {
  const isBundle = isRecord(document) && document["type"] === "bundle";
  if (isBundle && named !== "misp") return readStix(document);
  if (named === "stix") throw new FeedError('it is no STIX bundle: there is no "type": "bundle"');
  return readMisp(document);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new FeedError(`it is no JSON: ${error instanceof Error ? error.message : ""}`);
  }
}
