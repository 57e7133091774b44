/** shrike replay: captures through rules, alerts for people or EVE events to a folder. */
import { type Command, ExitCode, lastText, type ParsedCommand, UsageError } from "../command.ts";
import { modelOption, saveModelOption, siteOption } from "../models.ts";
import { ReplaySession } from "../replay/replay-session.ts";
import { profileOption } from "../rule-profile.ts";
import { configure } from "../rule-session.ts";
import {
  configOption,
  dataDirOption,
  disableDetectionOption,
  helpOption,
  keepGoingOption,
  rulesOption,
  summaryJsonOption,
  testOption,
} from "../shared-options.ts";

export const replay: Command = {
  name: "replay",
  summary: "Replays captures against rules and prints alerts, or writes EVE JSON.",
  usage: "[FILE...] -S RULES [options]",
  options: [
    rulesOption,
    configOption,
    {
      name: "log-dir",
      short: "l",
      value: "DIR",
      summary: "writes eve.json there instead of printing alerts",
    },
    {
      name: "checksums",
      short: "k",
      value: "MODE",
      summary: "none: accept wrong checksums; all: refuse them",
    },
    {
      name: "set",
      value: "KEY=VALUE",
      multiple: true,
      summary: "changes one setting, as stream.midstream=true",
    },
    { name: "simulate-ips", summary: "drop rules drop, as if inline" },
    {
      name: "shadow",
      summary:
        "with --simulate-ips: drop rules decide but do not act; the report says what they would cut",
    },
    dataDirOption,
    {
      name: "stats-interval",
      value: "SECONDS",
      summary:
        "a stats event each so many seconds of packet time; without, one at the end, whatever stats.interval says",
    },
    {
      name: "threads",
      value: "N",
      summary: "accepted; captures are replayed on one thread",
    },
    profileOption,
    siteOption,
    modelOption,
    saveModelOption,
    disableDetectionOption,
    {
      name: "each-into",
      value: "DIR",
      summary: "fresh state for each capture; events in DIR/NAME.eve.json",
    },
    keepGoingOption,
    {
      name: "strict-rule-keywords",
      value: "LIST",
      summary: "accepted for compatibility; rules are always strict",
    },
    testOption,
    summaryJsonOption,
    helpOption,
  ],
  examples: [
    {
      line: "shrike replay traffic.pcap -S local.rules",
      meaning: "alerts and a summary on the terminal",
    },
    {
      line: "shrike replay a.pcapng b.pcap.gz -S et.rules -l out",
      meaning: "events of both in out/eve.json",
    },
    { line: "tcpdump -w - | shrike replay - -S local.rules", meaning: "from standard input" },
    {
      line: "shrike replay day/ -S et.rules --each-into out",
      meaning: "every capture of a folder on its own, rules loaded once",
    },
    {
      line: "shrike replay -T -c suricata.yaml -S et.rules",
      meaning: "checks configuration and rules only",
    },
  ],
  run: runReplay,
};

async function runReplay(parsed: ParsedCommand): Promise<number> {
  const inline = parsed.switches.has("simulate-ips");
  if (parsed.switches.has("shadow") && !inline) {
    throw new UsageError("--shadow goes with --simulate-ips");
  }
  const threads = readCount(parsed, "threads", 1);
  const statsIntervalSeconds = readCount(parsed, "stats-interval", 0);
  const configured = configure(parsed, inline);
  const isTest = parsed.switches.has("test");
  if (!isTest && parsed.files.length === 0) throw new UsageError("name at least one capture");
  const session = new ReplaySession(parsed, configured, { inline, statsIntervalSeconds });
  const isBad = session.loadRules();
  if (isBad && !parsed.switches.has("keep-going")) return ExitCode.badInput;
  if (isTest) {
    session.writeEmptyLog();
    console.error("configuration and rules are good");
    return ExitCode.done;
  }
  if (threads > 1) console.error("one thread is used: captures are not yet replayed on several");
  return await session.run();
}

/** A whole number of at least 1; `fallback` without the option. Throws UsageError. */
function readCount(parsed: ParsedCommand, name: string, fallback: number): number {
  const text = lastText(parsed, name);
  if (text === null) return fallback;
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (count < 1) throw new UsageError(`--${name} takes a whole number from 1, found "${text}"`);
  return count;
}
