/**
 * The lines of threshold.config on the rules they name. As in Suricata: a threshold line for one rule takes the
 * place of the rule's own, one for many leaves rules alone that have one; a rate_filter never joins a threshold.
 */
import { type Diagnostic, RuleError } from "../rule/diagnostic.ts";
import type { HeaderResolver } from "../rule/header-resolver.ts";
import type { ThresholdLine } from "../rule/threshold-file.ts";
import type { CompiledRule, Suppression } from "./compiled-rule.ts";
import type { ThresholdSpec, ThresholdTrack } from "./rule-state.ts";

const tracks: Readonly<Record<string, ThresholdTrack>> = {
  by_src: "bySource",
  by_dst: "byDestination",
  by_both: "byBoth",
  by_rule: "byRule",
  by_flow: "byFlow",
};

const suppressTracks = { by_src: "source", by_dst: "destination", by_either: "either" } as const;

export function applyThresholdLines(
  rules: readonly CompiledRule[],
  lines: readonly ThresholdLine[],
  headers: HeaderResolver,
  onDiagnostic: (diagnostic: Diagnostic) => void,
): void {
  for (const line of lines) {
    const named = rules.filter((rule) => concerns(line, rule));
    if (line.sid !== 0 && named.length === 0) {
      const message = `no rule with gen_id ${line.gid} and sig_id ${line.sid} is loaded`;
      onDiagnostic({ code: "idle-threshold", severity: "warning", span: line.span, message });
    }
    if (line.kind === "rateFilter" && (line.newAction === "sdrop" || line.newAction === "log")) {
      const message = `new_action ${line.newAction} leaves the rule's action as it is`;
      onDiagnostic({ code: "idle-value", severity: "warning", span: line.span, message });
    }
    if (line.kind === "suppress") suppress(named, line, headers, onDiagnostic);
    else for (const rule of named) addThreshold(rule, line);
  }
}

function concerns(line: ThresholdLine, rule: CompiledRule): boolean {
  return (line.gid === 0 || line.gid === rule.gid) && (line.sid === 0 || line.sid === rule.sid);
}

function addThreshold(
  rule: CompiledRule,
  line: Extract<ThresholdLine, { kind: "threshold" | "rateFilter" }>,
): void {
  const spec = specOf(line);
  const hasOwn = rule.thresholds.length > 0;
  if (!hasOwn) rule.thresholds = [spec];
  else if (line.sid !== 0 && line.kind === "threshold") rule.thresholds = [spec];
}

function specOf(line: Extract<ThresholdLine, { kind: "threshold" | "rateFilter" }>): ThresholdSpec {
  const track = tracks[line.track] ?? "bySource";
  const { count, seconds } = line;
  if (line.kind === "threshold") return { kind: line.type, track, count, seconds };
  const { newAction, timeoutSeconds } = line;
  const rate = { kind: "rate", track, count, seconds, timeoutSeconds } as const;
  return newAction === "sdrop" || newAction === "log" ? rate : { ...rate, newAction };
}

function suppress(
  rules: readonly CompiledRule[],
  line: Extract<ThresholdLine, { kind: "suppress" }>,
  headers: HeaderResolver,
  onDiagnostic: (diagnostic: Diagnostic) => void,
): void {
  const suppression = resolve(line, headers, onDiagnostic);
  if (suppression === null) return;
  for (const rule of rules) rule.suppressions = [...rule.suppressions, suppression];
}

function resolve(
  line: Extract<ThresholdLine, { kind: "suppress" }>,
  headers: HeaderResolver,
  onDiagnostic: (diagnostic: Diagnostic) => void,
): Suppression | null {
  if (line.track === null || line.addresses === null) return { track: null, addresses: null };
  try {
    const addresses = headers.addresses(line.addresses);
    return { track: suppressTracks[line.track], addresses };
  } catch (error) {
    if (!(error instanceof RuleError)) throw error;
    const { code, message, severity, span = line.span } = error;
    onDiagnostic({ code, severity, span, message });
    return null;
  }
}
