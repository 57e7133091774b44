/** shrike check: every problem of rule files in one pass. */
import { checkReport } from "../check-report.ts";
import { type Command, ExitCode, type ParsedCommand, UsageError } from "../command.ts";
import { siteOption } from "../models.ts";
import { countsLine, printDiagnostics, problemLines } from "../print-diagnostics.ts";
import { configure, createArena, createBuilder, load } from "../rule-session.ts";
import { helpOption } from "../shared-options.ts";

export const check: Command = {
  name: "check",
  summary: "Checks rule files and prints every problem, with line, column and hint.",
  usage: "RULES... [options]",
  options: [
    {
      name: "config",
      short: "c",
      value: "FILE",
      summary: "suricata.yaml with the variables that rules use",
    },
    { name: "set", value: "KEY=VALUE", multiple: true, summary: "changes one setting" },
    siteOption,
    { name: "data-dir", value: "DIR", summary: "where datasets are" },
    { name: "all", summary: "lists every problem, not only the first ten of a kind" },
    { name: "strict", summary: "warnings and unsupported rules make the check fail too" },
    { name: "json", summary: "one JSON object instead of text" },
    helpOption,
  ],
  examples: [
    { line: "shrike check local.rules", meaning: "problems of one file, with a caret under each" },
    { line: "shrike check *.rules --json", meaning: "the same for a program" },
    {
      line: "shrike check local.rules --strict",
      meaning: "for a build: exit status 1 unless nothing at all is wrong",
    },
  ],
  run: runCheck,
};

async function runCheck(parsed: ParsedCommand): Promise<number> {
  if (parsed.files.length === 0) throw new UsageError("name at least one rule file");
  const started = process.hrtime.bigint();
  const configured = configure(parsed, false);
  const builder = createBuilder(createArena(configured.settings), configured);
  const loaded = load(configured, parsed.files, builder, { isReview: true });
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  const { diagnostics } = loaded;
  if (parsed.switches.has("json")) {
    console.log(checkReport(loaded, parsed.files));
  } else {
    const colour = process.stdout.isTTY === true && process.env["NO_COLOR"] === undefined;
    printDiagnostics(diagnostics, console.log, { all: parsed.switches.has("all"), colour });
    for (const line of problemLines(diagnostics)) console.log(line);
    const megabytes = Math.round(process.memoryUsage().rss / 2 ** 20);
    console.log(`${countsLine(loaded)} (${seconds.toFixed(1)} s, ${megabytes} MiB)`);
  }
  const isFailed = parsed.switches.has("strict")
    ? diagnostics.length > 0
    : diagnostics.some(({ severity }) => severity === "error");
  return isFailed ? ExitCode.badInput : ExitCode.done;
}
