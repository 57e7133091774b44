/** Diagnostics and their counts for people. The JSON form is in check-report.ts. */
import type { Diagnostic, Severity } from "../core/rule/diagnostic.ts";
import { renderDiagnostic } from "../core/rule/render-diagnostic.ts";
import type { LoadedRules } from "../node/rules/load-rules.ts";

/** Problems with one code, other than errors, that are listed before only their count is told. */
const LISTED_MAX = 10;
/** Keywords and protocols that the summary names. */
const NAMED_MAX = 12;

export interface PrintOptions {
  /** List every problem, however many are alike. */
  readonly all?: boolean;
  readonly colour?: boolean;
}

/** Writes all errors; of other problems with the same code the first ones. */
export function printDiagnostics(
  diagnostics: readonly Diagnostic[],
  write: (line: string) => void,
  options: PrintOptions = {},
): void {
  const seen = new Map<string, number>();
  for (const diagnostic of diagnostics) {
    const { severity, code } = diagnostic;
    const count = (seen.get(code) ?? 0) + 1;
    if (severity !== "error") seen.set(code, count);
    if (severity !== "error" && count > LISTED_MAX && options.all !== true) continue;
    write(renderDiagnostic(diagnostic, options.colour === true ? { colour: "ansi" } : {}));
  }
  if (options.all === true) return;
  for (const [code, count] of seen) {
    if (count > LISTED_MAX) write(`... and ${count - LISTED_MAX} more of ${code}`);
  }
}

export function countsLine(loaded: LoadedRules): string {
  const { counts, ruleCount, fileCount } = loaded;
  return [
    `${plural(ruleCount, "rule")} in ${plural(fileCount, "file")}: ${counts.loaded} loaded`,
    `${counts.failed} failed`,
    `${counts.unsupported} unsupported`,
    `${counts.skipped} skipped`,
  ].join(", ");
}

/** `3 errors, 1 warning`, then what is missing for the unsupported rules; no line for what there is none of. */
export function problemLines(diagnostics: readonly Diagnostic[]): readonly string[] {
  if (diagnostics.length === 0) return [];
  const bySeverity = countBy(diagnostics, ({ severity }) => severity);
  const nouns: readonly (readonly [Severity, string])[] = [
    ["error", "error"],
    ["unsupported", "unsupported rule"],
    ["warning", "warning"],
  ];
  const parts = nouns.flatMap(([severity, noun]) => {
    const count = bySeverity.get(severity) ?? 0;
    return count === 0 ? [] : [plural(count, noun)];
  });
  const lines = [parts.join(", ")];
  const missing = [...missingParts(diagnostics)].sort((a, b) => b[1] - a[1]);
  if (missing.length > 0) {
    const named = missing.slice(0, NAMED_MAX).map(([name, count]) => `${name} (${count})`);
    const rest = missing.length - named.length;
    lines.push(`needed: ${named.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`);
  }
  return lines;
}

/** Keywords and protocols (`protocol NAME`) that unsupported rules need, with how many rules need them. */
export function missingParts(diagnostics: readonly Diagnostic[]): ReadonlyMap<string, number> {
  const unsupported = diagnostics.filter(({ severity }) => severity === "unsupported");
  return countBy(unsupported, (diagnostic) => diagnostic.keyword ?? headerPart(diagnostic));
}

/** The word of the header that the problem points at. */
function headerPart({ source = "", span, code }: Diagnostic): string {
  const word = source.slice(span.column - 1, span.column - 1 + span.length);
  const what = code === "firewall-action" ? "action" : "protocol";
  return `${what} ${word.toLowerCase()}`;
}

export function countBy<Item, Key>(
  items: Iterable<Item>,
  keyOf: (item: Item) => Key,
): Map<Key, number> {
  const counts = new Map<Key, number>();
  for (const item of items) {
    const key = keyOf(item);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
