/**
 * pcre: a regular expression on the buffer that is selected, or that one of its flags chooses.
 */
import type { BufferDeclaration } from "../../detect/buffer.ts";
import { defineKeyword } from "../../detect/keyword.ts";
import type { RuleDraft } from "../../detect/rule-draft.ts";
import { compileRegex, type Regex, RegexSyntaxError } from "../../match/regex/index.ts";
import { RuleError } from "../../rule/diagnostic.ts";
import { bufferNamed } from "../application/protocol-keywords.ts";
import { type CaptureTarget, PcreCaptures } from "./matching/pcre-captures.ts";
import { PcreStep } from "./matching/pcre-step.ts";
import {
  bufferFlags,
  type CaptureName,
  captureOfGroup,
  type PcreText,
  parsePcre,
} from "./matching/pcre-syntax.ts";

export const pcre = defineKeyword<PcreText>({
  name: "pcre",
  family: "content",
  summary: "Looks for a regular expression in the buffer.",
  syntax: 'pcre:[!]"/expression/[ismxAEGRBO][,flow:name|pkt:name...]"',
  since: "<=7.0",
  argument: "required",
  examples: [
    { options: 'pcre:"/^GET \\/[a-z]{8}\\.php/i";', meaning: "a request for eight letters .php" },
    { options: 'content:"id="; pcre:"/^\\d{4}/R";', meaning: "four digits right behind id=" },
    {
      options: 'pcre:"/User: (?P<flow_user>\\w+)/";',
      meaning: "keeps the word as the flow variable user",
    },
    { options: 'pcre:"/v(\\d+)\\.(\\d+)/, flow:major, pkt:minor";', meaning: "keeps two numbers" },
  ],
  parse: parsePcre,
  compile(text, draft) {
    const chosen = chosenBuffer(text, draft);
    const regex = compileExpression(text, draft);
    const captures = compileCaptures(text, regex, draft);
    const { relative } = text;
    const item = {
      keyword: "pcre",
      relative,
      build: () => new PcreStep(regex, text, captures),
    };
    if (chosen === null) draft.addItem(item);
    else draft.addItemTo(chosen, item);
  },
});

/** The buffer that a flag of the expression chooses; null: the selected one, or the payload. */
function chosenBuffer({ bufferFlag }: PcreText, draft: RuleDraft): BufferDeclaration | null {
  const selected = draft.hasSelection ? draft.currentBuffer.declaration.name : null;
  if (bufferFlag === "") return null;
  const names = bufferFlags.get(bufferFlag) ?? [];
  if (selected === null) {
    const chosen = bufferNamed(names[0] ?? "");
    if (chosen !== null) return chosen;
    throw new RuleError("unsupported-buffer", `"${bufferFlag}" needs the buffer "${names[0]}"`, {
      severity: "unsupported",
    });
  }
  if (!names.includes(selected)) {
    throw new RuleError(
      "conflicting-flags",
      `"${bufferFlag}" chooses "${names[0]}" while "${selected}" is selected`,
      { hint: 'leave the flag out, or return to the payload with "pkt_data"' },
    );
  }
  return null;
}

function compileExpression({ expression, flags }: PcreText, draft: RuleDraft): Regex {
  try {
    return compileRegex(expression.text, flags, { stepLimit: draft.builder.limits.regexStepsMax });
  } catch (error) {
    if (!(error instanceof RegexSyntaxError)) throw error;
    const place = { offset: expression.offset + error.offset, length: 1 };
    throw new RuleError("bad-expression", `the expression is wrong: ${error.message}`, place);
  }
}

function compileCaptures(text: PcreText, regex: Regex, draft: RuleDraft): PcreCaptures | null {
  const named: { group: number; capture: CaptureName }[] = [];
  for (const [name, group] of regex.groupNames) {
    const capture = captureOfGroup(name);
    if (capture !== null) named.push({ group, capture });
  }
  text.captures.forEach((capture, index) => {
    if (index < regex.groupCount) named.push({ group: index + 1, capture });
  });
  const targets = named.flatMap(({ group, capture }) => targetOf(group, capture, draft));
  if (targets.length === 0 || text.negated) return null;
  const captures = new PcreCaptures(targets);
  draft.postMatches.push(captures);
  return captures;
}

function targetOf(group: number, { scope, name }: CaptureName, draft: RuleDraft): CaptureTarget[] {
  const { flowVariables, packetVariables } = draft.builder;
  if (scope === "alert") return [{ group, scope: "alert", name: 0, label: name }];
  if (scope === "pkt") {
    draft.stateUses.push({ kind: "pktvar", access: "write" });
    return [{ group, scope: "packet", name: packetVariables.numberOf(name), label: name }];
  }
  draft.stateUses.push({ kind: "flowvar", access: "write" });
  return [{ group, scope: "flow", name: flowVariables.numberOf(name), label: name }];
}
