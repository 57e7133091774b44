/** shrike ctl: asks a running engine over its control socket. */

import { suggest } from "../../core/rule/suggest.ts";
import { controlCommands } from "../../node/operation/commands/index.ts";
import { ControlClient } from "../../node/operation/control-client.ts";
import type { ControlCommand, Json } from "../../node/operation/control-command.ts";
import { type Command, ExitCode, lastText, type ParsedCommand, UsageError } from "../command.ts";
import { helpOption } from "../shared-options.ts";

/** Where the systemd unit puts it. */
export const DEFAULT_CONTROL_SOCKET = "/run/shrike/control.socket";

export const ctl: Command = {
  name: "ctl",
  summary: "Asks a running engine: loads rules anew, shows counters, fills datasets, stops it.",
  usage: "COMMAND [ARGUMENTS...] [options]",
  options: [
    {
      name: "socket",
      value: "FILE",
      summary: `its control socket; ${DEFAULT_CONTROL_SOCKET} or $SHRIKE_SOCKET without`,
    },
    { name: "commands", summary: "lists the commands with their arguments" },
    { name: "json", summary: "the answer as one line of JSON" },
    helpOption,
  ],
  examples: [
    { line: "shrike ctl reload-rules", meaning: "loads rules and lists anew, and waits" },
    { line: "shrike ctl iface-stat eth0", meaning: "packets and drops of an interface" },
    {
      line: "shrike ctl dataset-add bad-addresses ip 192.0.2.1",
      meaning: "adds a value to a dataset",
    },
    { line: "shrike ctl dump-counters --json | jq .tcp", meaning: "counters for a program" },
  ],
  run: runCtl,
};

async function runCtl(parsed: ParsedCommand): Promise<number> {
  if (parsed.switches.has("commands")) {
    console.log(commandList());
    return ExitCode.done;
  }
  const [name, ...words] = parsed.files;
  if (name === undefined) throw new UsageError("name a command; --commands lists them");
  const given = readArguments(name, words);
  const client = await ControlClient.connect(socketPath(parsed));
  try {
    const { isOk, message } = await client.ask(name, given);
    const isJson = parsed.switches.has("json");
    if (isOk) console.log(isJson ? JSON.stringify(message) : answerText(message));
    else if (isJson) console.log(JSON.stringify({ error: message }));
    else console.error(`shrike: ${answerText(message)}`);
    return isOk ? ExitCode.done : ExitCode.badInput;
  } finally {
    client.close();
  }
}

function socketPath(parsed: ParsedCommand): string {
  const fromEnvironment = process.env["SHRIKE_SOCKET"];
  return lastText(parsed, "socket") ?? fromEnvironment ?? DEFAULT_CONTROL_SOCKET;
}

/** Words in the order of the command's arguments; one that we do not know may take `name=value`. */
function readArguments(name: string, words: readonly string[]): Record<string, string> {
  const command = controlCommands.find((one) => one.name === name);
  const given: Record<string, string> = {};
  if (command === undefined) {
    for (const word of words) {
      const at = word.indexOf("=");
      if (at < 1) throw new UsageError(unknownText(name));
      given[word.slice(0, at)] = word.slice(at + 1);
    }
    return given;
  }
  const wanted = command.arguments;
  const required = wanted.filter(({ isOptional }) => isOptional !== true);
  if (words.length < required.length || words.length > wanted.length) {
    throw new UsageError(`${name} is called so: ${callText(command)}`);
  }
  wanted.forEach((argument, index) => {
    const word = words[index];
    if (word !== undefined) given[argument.name] = word;
  });
  return given;
}

function unknownText(name: string): string {
  const near = suggest(
    name,
    controlCommands.map((command) => command.name),
  );
  const hint = near === undefined ? "--commands lists them" : `did you mean "${near}"?`;
  return `unknown command "${name}": ${hint}`;
}

function callText(command: ControlCommand): string {
  const words = command.arguments.map(({ name, isOptional }) =>
    isOptional === true ? `[${name.toUpperCase()}]` : name.toUpperCase(),
  );
  return ["shrike ctl", command.name, ...words].join(" ");
}

function commandList(): string {
  const lines = controlCommands.map((command) => {
    const call = callText(command).replace("shrike ctl ", "");
    return `  ${call.padEnd(44)} ${command.summary}`;
  });
  return `Commands of a running engine:\n${lines.join("\n")}`;
}

/** Texts as they are, everything else as JSON that people can read. */
function answerText(message: Json): string {
  return typeof message === "string" ? message : JSON.stringify(message, null, 2);
}
