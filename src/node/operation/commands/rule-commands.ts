/** Commands about rules: load them anew, how many there are, which ones are broken. */
import { type ControlCommand, ControlError, defineControlCommand } from "../control-command.ts";
import type { OperatedEngine } from "../operated-engine.ts";

async function reload(engine: OperatedEngine): Promise<string> {
  const { isDone, message } = await engine.reload();
  if (!isDone) throw new ControlError(message);
  return message;
}

const reloadRules = (name: string): ControlCommand =>
  defineControlCommand({
    name,
    summary:
      "Loads rules and lists anew and answers when they are in use; if one is broken the old ones stay.",
    arguments: [],
    run: reload,
  });

export const ruleCommands: readonly ControlCommand[] = [
  reloadRules("reload-rules"),
  reloadRules("ruleset-reload-rules"),
  defineControlCommand({
    name: "ruleset-reload-nonblocking",
    summary: "Starts to load rules and lists anew and answers at once.",
    arguments: [],
    run(engine) {
      void engine.reload();
      return "the rules are being loaded";
    },
  }),
  defineControlCommand({
    name: "ruleset-reload-time",
    summary: "When rules were last loaded.",
    arguments: [],
    run: (engine) => [
      { tenant_id: 0, last_reload: new Date(engine.rulesLoadedAtMs()).toISOString() },
    ],
  }),
  defineControlCommand({
    name: "ruleset-stats",
    summary: "How many rules are loaded, failed, skipped.",
    arguments: [],
    run(engine) {
      const { loaded, failed, skipped } = engine.ruleCounts();
      return [{ id: 0, rules_loaded: loaded, rules_failed: failed, rules_skipped: skipped }];
    },
  }),
  defineControlCommand({
    name: "ruleset-failed-rules",
    summary: "The rules that did not load, with place and reason.",
    arguments: [],
    run: (engine) =>
      engine.failedRules().map(({ span, message, source, code }) => ({
        tenant_id: 0,
        rule: source ?? "",
        filename: span.file,
        line: span.line,
        column: span.column,
        code,
        error: message,
      })),
  }),
];
