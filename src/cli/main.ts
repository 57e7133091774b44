#!/usr/bin/env node
/** The command line: picks the subcommand, prints help, turns errors into one clear line and an exit code. */
import { suggest } from "../core/rule/suggest.ts";
import { ConfigError } from "../node/config/config-error.ts";
import { EngineError, SinkError } from "../node/errors.ts";
import { nativeParts } from "../node/native/native-addon.ts";
import { ExitCode, UsageError } from "./command.ts";
import { commands } from "./commands/index.ts";
import { commandHelp, mainHelp } from "./help.ts";
import { parseCommandLine } from "./parse-command-line.ts";
import { shrikeVersion } from "./version.ts";

async function main(words: readonly string[]): Promise<number> {
  // `shrike help COMMAND` is `shrike COMMAND --help`.
  const [name, ...rest] =
    words[0] === "help" && words[1] !== undefined ? [words[1], "--help"] : words;
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    console.log(mainHelp(commands, shrikeVersion()));
    return name === undefined ? ExitCode.badCall : ExitCode.done;
  }
  if (name === "--version") {
    console.log(`shrike ${shrikeVersion()} (WebAssembly matchers; ${nativeParts()})`);
    return ExitCode.done;
  }
  const command = commands.find((candidate) => candidate.name === name);
  if (command === undefined) {
    const near = suggest(
      name,
      commands.map((candidate) => candidate.name),
    );
    throw new UsageError(
      `unknown command "${name}"${near === undefined ? "" : `: did you mean "${near}"?`}`,
    );
  }
  if (rest.includes("--help") || rest.includes("-h")) {
    console.log(commandHelp(command));
    return ExitCode.done;
  }
  return await command.run(parseCommandLine(command, rest));
}

function helpFor(word: string | undefined): string {
  const isCommand = commands.some(({ name }) => name === word);
  return isCommand ? `shrike ${word} --help` : "shrike --help";
}

function fail(error: unknown): number {
  if (error instanceof UsageError) {
    console.error(`shrike: ${error.message}\n${helpFor(process.argv[2])} shows what can be done`);
    return ExitCode.badCall;
  }
  if (error instanceof ConfigError) {
    console.error(`shrike: ${error.message}`);
    return ExitCode.badInput;
  }
  if (error instanceof EngineError) {
    console.error(`shrike: ${error.message}${error.hint === undefined ? "" : `\n  ${error.hint}`}`);
    return ExitCode.machine;
  }
  console.error(error);
  return ExitCode.machine;
}

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // The reader of our output (head, less) went away: nothing is left to do.
  if (error.code === "EPIPE") process.exit(ExitCode.done);
  process.exit(fail(new SinkError("cannot write to standard output", { cause: error })));
});
process.exitCode = await main(process.argv.slice(2)).catch(fail);
