/** Words of the command line to options and files, by a command's declaration. */
import { parseArgs } from "node:util";
import { suggest } from "../core/rule/suggest.ts";
import { type Command, type ParsedCommand, UsageError } from "./command.ts";

type ArgOption = { type: "string" | "boolean"; short?: string; multiple: boolean };

/** Throws UsageError for an unknown option or a missing value. */
export function parseCommandLine(command: Command, words: readonly string[]): ParsedCommand {
  const options: Record<string, ArgOption> = {};
  for (const { name, short, value } of command.options) {
    options[name] = {
      type: value === undefined ? "boolean" : "string",
      multiple: value !== undefined,
      ...(short === undefined ? {} : { short }),
    };
  }
  rejectUnknown(command, words);
  const { values, positionals } = parse(options, words);
  const texts = new Map<string, readonly string[]>();
  const switches = new Set<string>();
  for (const [name, value] of Object.entries(values)) {
    if (Array.isArray(value)) texts.set(name, value.map(String));
    else if (value === true) switches.add(name);
  }
  return { files: positionals, texts, switches };
}

function parse(options: Record<string, ArgOption>, words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError(
      error instanceof Error ? (error.message.split(/\.\s/)[0] ?? "") : String(error),
    );
  }
}

function rejectUnknown(command: Command, words: readonly string[]): void {
  const names = command.options.map((option) => option.name);
  for (const word of words) {
    if (word === "--") return;
    const name = /^--([a-z][a-z0-9-]*)/.exec(word)?.[1];
    if (name === undefined || names.includes(name)) continue;
    const near = suggest(name, names);
    throw new UsageError(
      `unknown option "--${name}"${near === undefined ? "" : `: did you mean "--${near}"?`}`,
    );
  }
}
