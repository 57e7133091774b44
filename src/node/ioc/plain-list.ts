/**
 * Plain lists: one indicator a line, comments behind `#`, `;` or `//`; also the form of hosts files, where an
 * address that leads nowhere stands before the name.
 */
import type { Feed, FeedEntry } from "./indicator.ts";

const NOWHERE = /^(?:0\.0\.0\.0|127\.0\.0\.1|::1?)$/;

export function readPlainList(text: string): Feed {
  const entries: FeedEntry[] = [];
  text.split(/\r?\n/).forEach((line, index) => {
    const [content = "", comment = ""] = splitComment(line);
    const [first = "", second = ""] = content.trim().split(/\s+/);
    const value = NOWHERE.test(first) && second !== "" ? second : first;
    if (value === "" || value === "localhost") return;
    entries.push({
      text: value,
      kind: null,
      source: null,
      confidence: null,
      expiresMs: null,
      description: comment,
      place: `line ${index + 1}`,
    });
  });
  return { entries, problems: [] };
}

function splitComment(line: string): readonly [string, string] {
  // The "//" of a URL stands behind a colon, and "#" in one before its fragment without a space.
  const found = /(?:^|\s)(?:#|;|\/\/)\s*(.*)$/.exec(line);
  if (found === null) return [line, ""];
  return [line.slice(0, found.index), (found[1] ?? "").trim()];
}
