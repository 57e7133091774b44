/** shrike check: every problem of rule files in one pass. */
import { type Command, ExitCode, type ParsedCommand, UsageError } from "../command.ts";
import { countsLine, diagnosticsJson, printDiagnostics } from "../print-diagnostics.ts";
import { configure, createArena, createBuilder, load } from "../rule-session.ts";

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
    { name: "all", summary: "lists every unsupported rule, not only the first" },
    { name: "json", summary: "one JSON object instead of text" },
    { name: "help", short: "h", summary: "this text" },
  ],
  examples: [
    { line: "shrike check local.rules", meaning: "problems of one file, with a caret under each" },
    { line: "shrike check *.rules --json", meaning: "the same for a program" },
  ],
  run: runCheck,
};

async function runCheck(parsed: ParsedCommand): Promise<number> {
  if (parsed.files.length === 0) throw new UsageError("name at least one rule file");
  const started = process.hrtime.bigint();
  const configured = configure(parsed, false);
  const builder = createBuilder(createArena(configured.settings), configured.settings);
  const loaded = load(configured, parsed.files, builder);
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  if (parsed.switches.has("json")) {
    console.log(diagnosticsJson(loaded));
  } else {
    printDiagnostics(loaded.diagnostics, parsed.switches.has("all"), console.log);
    const megabytes = Math.round(process.memoryUsage().rss / 2 ** 20);
    console.log(`${countsLine(loaded)} (${seconds.toFixed(1)} s, ${megabytes} MiB)`);
  }
  return loaded.counts.failed > 0 ? ExitCode.badInput : ExitCode.done;
}
