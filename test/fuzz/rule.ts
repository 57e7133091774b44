/** Feeds bytes to the rule parser as a rule file, and what it accepts to the parsers of lists and values. */
import { bytesToLatin1 } from "../../src/core/bytes/latin1.ts";
import { parseContentPattern } from "../../src/core/rule/content-pattern.ts";
import { RuleError } from "../../src/core/rule/diagnostic.ts";
import { HeaderResolver } from "../../src/core/rule/header-resolver.ts";
import { parseNumberComparison } from "../../src/core/rule/number-comparison.ts";
import { parseRules } from "../../src/core/rule/parse-rules.ts";
import {
  parseClassifications,
  parseReferenceSystems,
} from "../../src/core/rule/reference-files.ts";
import { renderDiagnostic } from "../../src/core/rule/render-diagnostic.ts";
import type { RuleSyntax } from "../../src/core/rule/syntax-tree.ts";
import { parseThresholdFile } from "../../src/core/rule/threshold-file.ts";
import type { FuzzTarget } from "./fuzz-target.ts";

const variables = {
  addressGroups: new Map([["HOME_NET", "[10.0.0.0/8,!10.1.0.0/16]"]]),
  portGroups: new Map([["HTTP_PORTS", "80"]]),
};

export const ruleTarget: FuzzTarget = {
  name: "rule",
  run(bytes) {
    const text = bytesToLatin1(bytes, 0, bytes.length);
    parseRules("fuzz.rules", text, exerciseRule, renderDiagnostic);
    exerciseValue(text);
    parseClassifications("classification.config", text, renderDiagnostic);
    parseReferenceSystems("reference.config", text, renderDiagnostic);
    parseThresholdFile("threshold.config", text, renderDiagnostic);
  },
};

function exerciseRule({ header, options }: RuleSyntax): void {
  const resolver = new HeaderResolver(variables);
  orRuleError(() => resolver.addresses(header.source));
  orRuleError(() => resolver.addresses(header.destination));
  orRuleError(() => resolver.ports(header.sourcePorts));
  orRuleError(() => resolver.ports(header.destinationPorts));
  for (const { value } of options) exerciseValue(value ?? "");
}

function exerciseValue(value: string): void {
  orRuleError(() => parseContentPattern(value));
  orRuleError(() => parseNumberComparison(value, { bits: 64 }));
}

/** A RuleError is the answer to bad text; anything else is a fault. */
function orRuleError(run: () => unknown): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof RuleError)) throw error;
  }
}
