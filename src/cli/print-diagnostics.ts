/** Diagnostics and their counts for people or as JSON. */
import type { CompileCounts } from "../core/detect/compile-rules.ts";
import type { Diagnostic } from "../core/rule/diagnostic.ts";
import { diagnosticToJson, renderDiagnostic } from "../core/rule/render-diagnostic.ts";
import type { LoadedRules } from "../node/rules/load-rules.ts";

/** Unsupported rules that are listed before only their count is told. */
const UNSUPPORTED_LISTED_MAX = 10;

/** Writes all problems; many alike (unsupported) are cut unless `all`. */
export function printDiagnostics(
  diagnostics: readonly Diagnostic[],
  all: boolean,
  write: (line: string) => void,
): void {
  let unsupported = 0;
  for (const diagnostic of diagnostics) {
    if (diagnostic.severity === "unsupported" && ++unsupported > UNSUPPORTED_LISTED_MAX && !all)
      continue;
    write(renderDiagnostic(diagnostic));
  }
  if (unsupported > UNSUPPORTED_LISTED_MAX && !all) {
    write(
      `... and ${unsupported - UNSUPPORTED_LISTED_MAX} more unsupported rules (check --all lists them)`,
    );
  }
}

export function countsLine(loaded: LoadedRules): string {
  const { counts } = loaded;
  const parts = [`${loaded.ruleCount} rules in ${loaded.fileCount} files: ${counts.loaded} loaded`];
  parts.push(
    `${counts.failed} failed`,
    `${counts.unsupported} unsupported`,
    `${counts.skipped} skipped`,
  );
  return parts.join(", ");
}

export function diagnosticsJson(loaded: LoadedRules): string {
  const counts: CompileCounts & { rules: number } = { rules: loaded.ruleCount, ...loaded.counts };
  return JSON.stringify({ counts, diagnostics: loaded.diagnostics.map(diagnosticToJson) });
}
