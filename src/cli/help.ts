/** Help texts, from the declarations of the commands. */
import type { Command, CommandOption } from "./command.ts";

const NAME_COLUMN = 26;

export function mainHelp(commands: readonly Command[], version: string): string {
  const lines = [
    `shrike ${version}: intrusion detection with Suricata's rules`,
    "",
    "usage: shrike COMMAND [options]",
    "",
    "commands:",
    ...commands.map((command) => `  ${command.name.padEnd(NAME_COLUMN - 2)}${command.summary}`),
    "",
    "shrike COMMAND --help tells more; shrike --version prints what is in use.",
  ];
  return lines.join("\n");
}

export function commandHelp(command: Command): string {
  return [
    `usage: shrike ${command.name} ${command.usage}`,
    "",
    command.summary,
    "",
    "options:",
    ...command.options.map(optionLine),
    "",
    "examples:",
    ...command.examples.flatMap((example) => [`  ${example.line}`, `      ${example.meaning}`]),
    "",
    "exit status: 0 done; 1 rules, configuration or captures have errors; 2 the call is wrong; 3 the machine failed; 130, 143 stopped by a signal",
  ].join("\n");
}

function optionLine(option: CommandOption): string {
  const short = option.short === undefined ? "    " : `-${option.short}, `;
  const value = option.value === undefined ? "" : ` ${option.value}`;
  const name = `  ${short}--${option.name}${value}`;
  const gap =
    name.length < NAME_COLUMN ? name.padEnd(NAME_COLUMN) : `${name}\n${" ".repeat(NAME_COLUMN)}`;
  return `${gap}${option.summary}`;
}
