/** Commands about rules: load them anew, how many there are, which ones are broken. */
import {
  type ControlArguments,
  type ControlCommand,
  ControlError,
  defineControlCommand,
} from "../control-command.ts";
import type { OperatedEngine, RuleProfiling } from "../operated-engine.ts";

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

const sid = { name: "sid", summary: "number of the rule" };

/** Throws ControlError: nothing can be dropped, no number, no such rule. */
function setAction(
  { ruleActions }: OperatedEngine,
  given: ControlArguments,
  isActive: boolean,
): string {
  if (ruleActions === null) throw new ControlError("rules drop and reject only on a bridge");
  const text = given.text("sid");
  if (!/^\d{1,10}$/.test(text)) throw new ControlError(`"${text}" is no number of a rule`);
  const number = Number(text);
  const count = isActive ? ruleActions.promote(number) : ruleActions.demote(number);
  if (count === 0) throw new ControlError(`no rule ${number} that drops or rejects is loaded`);
  return `rule ${number} ${isActive ? "acts" : "is held back"}`;
}

const actionCommands: readonly ControlCommand[] = [
  defineControlCommand({
    name: "promote",
    summary: "A rule that was held back drops or rejects from now on, also after a reload.",
    arguments: [sid],
    run: (engine, given) => setAction(engine, given, true),
  }),
  defineControlCommand({
    name: "demote",
    summary: "A rule decides and is reported but does not act any more, also after a reload.",
    arguments: [sid],
    run: (engine, given) => setAction(engine, given, false),
  }),
  defineControlCommand({
    name: "shadow-report",
    summary: "By rule that is or was held back, the flows and hosts that it would have cut.",
    arguments: [],
    run({ ruleActions }) {
      if (ruleActions === null) throw new ControlError("rules drop and reject only on a bridge");
      return ruleActions.report();
    },
  }),
];

function profilingOf({ ruleProfiling }: OperatedEngine): RuleProfiling {
  if (ruleProfiling !== null) return ruleProfiling;
  throw new ControlError("rules are not measured here");
}

const profileCommands: readonly ControlCommand[] = [
  defineControlCommand({
    name: "ruleset-profile-start",
    summary: "Begins to measure what each rule costs; packets take longer meanwhile.",
    arguments: [],
    run(engine) {
      profilingOf(engine).start();
      return "rules are measured";
    },
  }),
  defineControlCommand({
    name: "ruleset-profile-stop",
    summary: "Ends that; what was measured stays.",
    arguments: [],
    run(engine) {
      profilingOf(engine).stop();
      return "rules are no longer measured";
    },
  }),
  defineControlCommand({
    name: "ruleset-profile",
    summary: "What each rule cost while it was measured, the dearest first.",
    arguments: [],
    run: (engine) => profilingOf(engine).report(),
  }),
];

export const ruleCommands: readonly ControlCommand[] = [
  ...actionCommands,
  ...profileCommands,
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
