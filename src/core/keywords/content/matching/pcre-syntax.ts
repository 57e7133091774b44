/**
 * The value of `pcre`: `/expression/flags` with an optional `!` and quotes, and the names that captures are
 * kept under. Flags of the expression itself and those that choose a buffer are told apart.
 */
import { NO_REGEX_FLAGS, type RegexFlags } from "../../../match/regex/index.ts";
import type { OptionText, QuotedText, TextPiece } from "../../../rule/option-text.ts";

export type CaptureScope = "flow" | "pkt" | "alert";

export interface CaptureName {
  readonly scope: CaptureScope;
  readonly name: string;
}

export interface PcreText {
  readonly expression: TextPiece;
  readonly negated: boolean;
  readonly flags: RegexFlags;
  /** R: the search begins at the last match. */
  readonly relative: boolean;
  /** The flag that chooses a buffer, or "". */
  readonly bufferFlag: string;
  /** Names after the expression, the first for group 1. */
  readonly captures: readonly CaptureName[];
}

/** The buffers that flags choose, by their keywords' names, new and old. */
export const bufferFlags: ReadonlyMap<string, readonly string[]> = new Map([
  ["U", ["http.uri", "http_uri"]],
  ["I", ["http.uri.raw", "http_raw_uri"]],
  ["P", ["http.request_body", "http_client_body"]],
  ["Q", ["http.response_body", "http_server_body", "file.data", "file_data"]],
  ["H", ["http.header", "http_header"]],
  ["D", ["http.header.raw", "http_raw_header"]],
  ["M", ["http.method", "http_method"]],
  ["C", ["http.cookie", "http_cookie"]],
  ["S", ["http.stat_code", "http_stat_code"]],
  ["Y", ["http.stat_msg", "http_stat_msg"]],
  ["V", ["http.user_agent", "http_user_agent"]],
  ["W", ["http.host", "http_host"]],
  ["Z", ["http.host.raw", "http_raw_host"]],
]);

const regexFlags: ReadonlyMap<string, keyof RegexFlags> = new Map([
  ["i", "caseless"],
  ["s", "dotAll"],
  ["m", "multiline"],
  ["x", "extended"],
  ["A", "anchored"],
  ["E", "dollarEndOnly"],
  ["G", "ungreedy"],
]);

export function parsePcre(option: OptionText): PcreText {
  const quoted = option.quoted({ quotes: "optional", negation: "allowed" });
  const { expression, rest } = splitExpression(option, quoted);
  const [letters, ...names] = option.splitPiece(rest, ",");
  const flags: { -readonly [Flag in keyof RegexFlags]: boolean } = { ...NO_REGEX_FLAGS };
  let relative = false;
  let raw = false;
  let bufferFlag = "";
  const { text, offset } = letters ?? rest;
  for (let index = 0; index < text.length; index++) {
    const letter = text[index]!;
    const place: TextPiece = { text: letter, offset: offset + index };
    const flag = regexFlags.get(letter);
    if (flag !== undefined) flags[flag] = true;
    else if (letter === "R") relative = true;
    else if (letter === "B") raw = true;
    else if (bufferFlags.has(letter)) {
      if (bufferFlag !== "" && bufferFlag !== letter) {
        option.failAt(place, "conflicting-flags", `"${letter}" and "${bufferFlag}" choose buffers`);
      }
      bufferFlag = letter;
    } else if (letter !== "O") {
      option.failAt(place, "unknown-flag", `unknown flag "${letter}"`);
    }
  }
  if (raw && bufferFlag !== "") {
    option.fail("conflicting-flags", `"B" excludes "${bufferFlag}", which is a normalised buffer`);
  }
  const captures = names.map((name) => parseCaptureName(option, name));
  return { expression, negated: quoted.negated, flags, relative, bufferFlag, captures };
}

/** The text between the first slash and the last one that no backslash escapes. */
function splitExpression(
  option: OptionText,
  quoted: QuotedText,
): { readonly expression: TextPiece; readonly rest: TextPiece } {
  const { text, offset } = quoted;
  const open = text.indexOf("/");
  let close = text.length;
  do close = text.lastIndexOf("/", close - 1);
  while (close > open && text[close - 1] === "\\" && text[close - 2] !== "\\");
  if (open !== 0 || close <= open) {
    const hint = 'write "/expression/flags"';
    option.failAt(quoted, "bad-expression", "the expression must stand between slashes", hint);
  }
  return {
    expression: { text: text.slice(1, close), offset: offset + 1 },
    rest: { text: text.slice(close + 1), offset: offset + close + 1 },
  };
}

function parseCaptureName(option: OptionText, piece: TextPiece): CaptureName {
  const parts = /^(flow|pkt|alert):\s*([\w.-]+)$/.exec(piece.text);
  if (parts === null) {
    return option.failAt(
      piece,
      "bad-capture",
      `"${piece.text}" names no variable`,
      'write "flow:name" or "pkt:name"',
    );
  }
  const [, scope, name = ""] = parts;
  if (scope === "pkt" && (name === "key" || name === "value")) {
    option.fail("unsupported-option", "captures of a key and its value are not kept", {
      offset: piece.offset,
      length: piece.text.length,
      severity: "unsupported",
    });
  }
  return { scope: scope as CaptureScope, name }; // the expression allows these alone
}

/** `(?P<flow_name>...)`: the scope and name that a group's own name says, or null. */
export function captureOfGroup(groupName: string): CaptureName | null {
  const parts = /^(flow|pkt|alert)_(\w+)$/.exec(groupName);
  if (parts === null) return null;
  return { scope: parts[1] as CaptureScope, name: parts[2] ?? "" }; // as above
}
