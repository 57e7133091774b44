/** shrike unit: the systemd unit of an engine, for the administrator to look at and install. */
import { fileURLToPath } from "node:url";
import { systemdUnit } from "../../node/operation/systemd-unit.ts";
import { type Command, ExitCode, lastText, type ParsedCommand, UsageError } from "../command.ts";
import { helpOption } from "../shared-options.ts";

const ENGINES = ["listen", "inline", "record"];

export const unit: Command = {
  name: "unit",
  summary: "Prints a systemd unit for an engine: a user of its own, few rights, reload on SIGHUP.",
  usage: "[--user NAME] -- listen|inline|record WORDS...",
  options: [
    { name: "user", value: "NAME", summary: "user that the engine runs as; shrike without" },
    helpOption,
  ],
  examples: [
    {
      line: "shrike unit --user ids -- inline eth0 eth1 -S /etc/shrike/drop.rules",
      meaning: "a bridge that runs as the user ids",
    },
    {
      line: "shrike unit -- listen -i eth0 -c /etc/shrike/suricata.yaml > /etc/systemd/system/shrike.service",
      meaning: "then: useradd --system shrike; systemctl enable --now shrike",
    },
    {
      line: "shrike unit -- inline eth0 eth1 -S /etc/shrike/drop.rules",
      meaning: "a unit for a bridge that drops",
    },
  ],
  run: runUnit,
};

async function runUnit(parsed: ParsedCommand): Promise<number> {
  const words = parsed.files;
  if (!ENGINES.includes(words[0] ?? "")) {
    throw new UsageError(`name the engine after --: ${ENGINES.join(", ")}, with its words`);
  }
  const main = fileURLToPath(new URL("../main.js", import.meta.url));
  const user = lastText(parsed, "user") ?? "shrike";
  process.stdout.write(systemdUnit({ node: process.execPath, main, words, user }));
  return ExitCode.done;
}
