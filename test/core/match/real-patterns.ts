/**
 * Pattern groups as a rule set yields them: one fast pattern a rule, by buffer. A rough reading of
 * rule text, good enough to measure and compare searches with; the product's own reading is
 * src/core/rule.
 */
import fs from "node:fs";
import path from "node:path";

export interface RealPattern {
  readonly bytes: Uint8Array;
  readonly nocase: boolean;
}

export const rulesFile = path.resolve("../shared/corpus/rules/et-open.rules");

interface Draft {
  buffer: string;
  bytes: Uint8Array;
  nocase: boolean;
  isFast: boolean;
}

const MODIFIED_BUFFERS: Record<string, string> = {
  http_uri: "http.uri",
  http_raw_uri: "http.uri.raw",
  http_header: "http.header",
  http_user_agent: "http.user_agent",
  http_host: "http.host",
  http_client_body: "http.request_body",
  http_method: "http.method",
  http_cookie: "http.cookie",
  file_data: "file.data",
};

/**
 * Buffer name (`payload/tcp` and the like for rules without one) -> distinct patterns, in rule
 * order.
 */
export function readPatternGroups(file: string): Map<string, RealPattern[]> {
  const groups = new Map<string, Map<string, RealPattern>>();
  for (const line of fs.readFileSync(file, "latin1").split("\n")) {
    const header = /^alert\s+(\S+)[^(]*\((.*)\)\s*$/.exec(line);
    if (header === null) continue;
    const best = fastPattern(readContents(header[2] ?? ""));
    if (best === null) continue;
    const name = best.buffer === "payload" ? `payload/${header[1]}` : best.buffer;
    const group = groups.get(name) ?? new Map<string, RealPattern>();
    groups.set(name, group);
    group.set(`${best.nocase}:${best.bytes.join()}`, best);
  }
  return new Map([...groups].map(([name, group]) => [name, [...group.values()]]));
}

function fastPattern(contents: readonly Draft[]): Draft | null {
  let best: Draft | null = null;
  for (const content of contents) {
    if (content.isFast) return content;
    const isBetter =
      best === null ||
      (best.buffer === "payload" && content.buffer !== "payload") ||
      (best.buffer === content.buffer && content.bytes.length > best.bytes.length);
    if (isBetter) best = content;
  }
  return best;
}

function readContents(options: string): Draft[] {
  const contents: Draft[] = [];
  let buffer = "payload";
  let last: Draft | null = null;
  for (const option of options.split(/(?<!\\);/)) {
    const [name = "", value = ""] = option.trim().split(/:(.*)/s);
    if (name === "content") {
      last = value.startsWith("!") ? null : { buffer, ...readText(value) };
      if (last !== null && last.bytes.length > 0) contents.push(last);
    } else if (last !== null && name === "nocase") last.nocase = true;
    else if (last !== null && name === "fast_pattern") last.isFast = true;
    else if (last !== null && name in MODIFIED_BUFFERS && value === "" && name !== "file_data") {
      last.buffer = MODIFIED_BUFFERS[name] ?? buffer;
    } else if (name === "file_data" || name === "file.data") buffer = "file.data";
    else if (name === "dns_query") buffer = "dns.query";
    else if (name === "pkt_data") buffer = "payload";
    else if (name.includes(".") && value === "") buffer = name;
  }
  return contents;
}

function readText(value: string): { bytes: Uint8Array; nocase: boolean; isFast: boolean } {
  const text = value.trim().replace(/^"|"$/g, "");
  const bytes: number[] = [];
  for (const [index, part] of text.split("|").entries()) {
    if (index % 2 === 1) {
      for (const pair of part.match(/[0-9a-fA-F]{2}/g) ?? []) bytes.push(Number.parseInt(pair, 16));
    } else {
      for (const character of part.replace(/\\(.)/g, "$1")) bytes.push(character.charCodeAt(0));
    }
  }
  return { bytes: Uint8Array.from(bytes), nocase: false, isFast: false };
}
