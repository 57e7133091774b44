/** shrike doctor: what makes an engine see less than the traffic: asked of a running one, or found out. */

import { SocketError } from "../../node/errors.ts";
import { offloadLine, readOffloads } from "../../node/live/offload-settings.ts";
import { findAddon } from "../../node/native/native-addon.ts";
import { ControlClient } from "../../node/operation/control-client.ts";
import { type Command, ExitCode, lastText, type ParsedCommand } from "../command.ts";
import { liveOptions, prepareSession, runSession } from "../live/live-command.ts";
import { openListenPump, sourceNames, sourceOptions } from "../live/open-sources.ts";
import { healthJson, healthLines } from "../live/session-health.ts";

const OWN_OPTIONS = ["json", "duration", "config", "set", "help", "ring-mb"];
const WATCH_SECONDS = "30";

export const doctor: Command = {
  name: "doctor",
  summary: "Tells what makes an engine see less than the traffic, why, and what to do.",
  usage: "[-i IFACE | --playback FILE | --socket FILE] [options]",
  options: [
    { name: "socket", value: "FILE", summary: "asks the running engine with this control socket" },
    ...sourceOptions,
    ...liveOptions.filter(({ name }) => OWN_OPTIONS.includes(name)),
  ],
  examples: [
    { line: "shrike doctor -i eth0", meaning: `watches an interface for ${WATCH_SECONDS} seconds` },
    { line: "shrike doctor --playback day.pcap", meaning: "what is wrong with a capture" },
    {
      line: "shrike doctor --socket /run/shrike/control.socket",
      meaning: "what the running engine has found",
    },
  ],
  run: runDoctor,
};

async function runDoctor(parsed: ParsedCommand): Promise<number> {
  const socket = lastText(parsed, "socket");
  return socket === null ? await examine(parsed) : await askEngine(parsed, socket);
}

interface ToldFinding {
  readonly check: string;
  readonly severity: string;
  readonly message: string;
  readonly cause: string;
  readonly remedy: string;
}

async function askEngine(parsed: ParsedCommand, socket: string): Promise<number> {
  const client = await ControlClient.connect(socket);
  const { isOk, message } = await client.ask("health");
  client.close();
  if (!isOk) throw new SocketError(`the engine at "${socket}" does not tell its health`);
  const findings = message as unknown as readonly ToldFinding[]; // what `health` answers
  if (parsed.switches.has("json")) console.log(JSON.stringify(findings));
  else {
    for (const { check, severity, message: text, cause, remedy } of findings) {
      console.log(`${severity}: ${check}: ${text}\n  likely cause: ${cause}\n  remedy: ${remedy}`);
    }
    if (findings.length === 0) console.log("all is well");
  }
  return findings.length === 0 ? ExitCode.done : ExitCode.badInput;
}

/** The engine without rules on an interface or a capture. */
async function examine(parsed: ParsedCommand): Promise<number> {
  const names = sourceNames(parsed);
  const machine = lastText(parsed, "playback") === null ? machineLines(names) : [];
  const timed = withDefaults(parsed);
  const session = prepareSession(timed, false);
  if (typeof session === "number") return session;
  const { health } = session;
  if (health !== null) health.isSilent = true;
  const pump = await openListenPump(timed, session, -1);
  session.start(names);
  const code = await runSession(timed, session, pump);
  if (code !== ExitCode.done) return code;
  const reports = health?.everything() ?? [];
  if (parsed.switches.has("json")) {
    console.log(JSON.stringify({ findings: reports.map(healthJson), machine }));
  } else {
    for (const line of machine) console.log(line);
    for (const report of reports) for (const line of healthLines(report)) console.log(line);
    if (reports.length + machine.length === 0) console.log("all is well");
  }
  return reports.length === 0 ? ExitCode.done : ExitCode.badInput;
}

/** No rules, and an interface is not watched for ever. */
function withDefaults(parsed: ParsedCommand): ParsedCommand {
  const texts = new Map(parsed.texts);
  const isPlayback = texts.has("playback");
  if (!isPlayback && !texts.has("duration")) texts.set("duration", [WATCH_SECONDS]);
  // The findings are what is printed, not the summary of the packets.
  const switches = new Set([...parsed.switches, "disable-detection"]);
  switches.delete("json");
  return { ...parsed, texts, switches };
}

/** What can be said without a packet. */
function machineLines(names: readonly string[]): readonly string[] {
  const addon = findAddon();
  if (addon === null) {
    return ["warning: the native addon is not there: npm run build:native adds the fast driver"];
  }
  const lines = names.map((name) => offloadLine(readOffloads(addon, name)));
  return lines.filter((line) => line !== null);
}
