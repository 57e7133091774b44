/**
 * What `shrike check --json` prints: one object, whose shape is part of the command line's interface and described
 * in docs/command-line.md. Fields are only ever added; a change of meaning raises `schema`.
 */
import type { Severity } from "../core/rule/diagnostic.ts";
import { diagnosticToJson } from "../core/rule/render-diagnostic.ts";
import type { LoadedRules } from "../node/rules/load-rules.ts";
import { countBy, missingParts } from "./print-diagnostics.ts";

export const CHECK_SCHEMA = 1;

const severities: readonly Severity[] = ["error", "unsupported", "warning"];

export function checkReport(loaded: LoadedRules, files: readonly string[]): string {
  const { diagnostics, counts, ruleCount } = loaded;
  const bySeverity = countBy(diagnostics, ({ severity }) => severity);
  const byCode = countBy(diagnostics, ({ code }) => code);
  return JSON.stringify({
    schema: CHECK_SCHEMA,
    files,
    counts: { rules: ruleCount, ...counts },
    severities: Object.fromEntries(
      severities.map((severity) => [severity, bySeverity.get(severity) ?? 0]),
    ),
    codes: sorted(byCode),
    unsupported: sorted(missingParts(diagnostics)),
    diagnostics: diagnostics.map(diagnosticToJson),
  });
}

/** By name, so that two reports can be compared line by line. */
function sorted(counts: ReadonlyMap<string, number>): Readonly<Record<string, number>> {
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}
