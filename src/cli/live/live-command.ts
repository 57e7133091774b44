/** What `listen` and `inline` share on the command line: options, rules, the end of a run. */
import fs from "node:fs";
import path from "node:path";
import type { SharedState } from "../../core/detect/shared-state.ts";
import type { Counters } from "../../core/engine/records/stats-record.ts";
import { makeFolder } from "../../node/make-folder.ts";
import {
  allTexts,
  type CommandOption,
  ExitCode,
  lastText,
  type ParsedCommand,
  UsageError,
} from "../command.ts";
import { Interrupt } from "../interrupt.ts";
import { loadModel, modelOption, saveModel, saveModelOption, siteOption } from "../models.ts";
import { countsLine, printDiagnostics } from "../print-diagnostics.ts";
import { printUnusedSettings } from "../print-settings.ts";
import { profileOption } from "../rule-profile.ts";
import { type Configured, configure } from "../rule-session.ts";
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
import { LiveSession } from "./live-session.ts";
import { operationOptions, startOperation } from "./operation-options.ts";
import type { PacketPump } from "./packet-pump.ts";
import { attachRecorder, readRecorderOptions, recordOptions } from "./record-options.ts";
import { SessionHealth } from "./session-health.ts";

export const liveOptions: readonly CommandOption[] = [
  rulesOption,
  configOption,
  {
    name: "log-dir",
    short: "l",
    value: "DIR",
    summary: "adds to eve.json there instead of printing alerts",
  },
  { name: "set", value: "KEY=VALUE", multiple: true, summary: "changes one setting" },
  profileOption,
  siteOption,
  modelOption,
  saveModelOption,
  dataDirOption,
  { name: "stats-interval", value: "SECONDS", summary: "seconds between stats events" },
  { name: "ring-mb", value: "MB", summary: "memory of the ring of each interface; 128 without" },
  { name: "duration", value: "SECONDS", summary: "stops by itself after so long" },
  ...operationOptions,
  ...recordOptions,
  disableDetectionOption,
  keepGoingOption,
  testOption,
  summaryJsonOption,
  helpOption,
];

const MEBIBYTE = 1024 ** 2;

export function ringBytes(parsed: ParsedCommand): number {
  return readNumber(parsed, "ring-mb", 128) * MEBIBYTE;
}

/** What one thread of several is told; the first one speaks for all. */
export interface ThreadPlace {
  readonly isFirst: boolean;
  readonly shared: SharedState;
  readonly takeStats: (counters: Counters) => void;
}

/** A session with its rules; a number is the exit code of a run that ends here. Throws FileError, ConfigError. */
export function prepareSession(
  parsed: ParsedCommand,
  inline: boolean,
  thread: ThreadPlace | null = null,
): LiveSession | number {
  const configured = configure(parsed, inline);
  const isSpeaker = thread === null || thread.isFirst;
  if (isSpeaker) printUnusedSettings(configured.tree, parsed);
  const session = new LiveSession(configured, {
    inline,
    logFolder: makeLogFolder(parsed),
    statsIntervalSeconds: statsInterval(parsed, configured),
    takeStats: thread?.takeStats ?? null,
    shared: thread?.shared ?? null,
  });
  session.health = new SessionHealth(session);
  const recordFolder = lastText(parsed, "record");
  if (recordFolder !== null) {
    attachRecorder(session, readRecorderOptions(parsed, recordFolder, session, "alerts"));
  }
  const files = ruleFiles(parsed, configured);
  if (files.length > 0 && !parsed.switches.has("disable-detection")) {
    const loaded = session.loadRules(files);
    if (isSpeaker) {
      printDiagnostics(loaded.diagnostics, console.error);
      console.error(countsLine(loaded));
    }
    loadModel(parsed, session.builder);
    if (loaded.isBad && !parsed.switches.has("keep-going")) return ExitCode.badInput;
  }
  if (!parsed.switches.has("test")) return session;
  console.error("configuration and rules are good");
  return ExitCode.done;
}

/** Runs until a signal, or as long as asked. Throws LiveError, SinkError. */
export async function runSession(
  parsed: ParsedCommand,
  session: LiveSession,
  pump: PacketPump,
): Promise<number> {
  const interrupt = new Interrupt();
  interrupt.onStop = () => session.stop();
  interrupt.listen();
  const seconds = readNumber(parsed, "duration", 0);
  const timer = seconds > 0 ? setTimeout(() => session.stop(), seconds * 1000) : null;
  const operation = await startOperation(parsed, session);
  if (parsed.switches.has("profile-rules")) session.ruleProfile.start();
  try {
    await session.run(pump);
    saveModel(parsed, session.builder);
  } finally {
    await operation.close();
  }
  if (timer !== null) clearTimeout(timer);
  if (interrupt.signal !== null) console.error(`stopped by ${interrupt.signal}`);
  const { summary, loaded } = session;
  if (parsed.switches.has("json")) console.log(summary.toJson());
  else console.error(summary.toText(loaded?.counts.loaded ?? 0));
  session.ruleProfile.writeReport(lastText(parsed, "log-dir"));
  for (const state of session.interfaces()) {
    const { name, driver, packets, kernelDrops } = state;
    console.error(`${name} (${driver}): ${packets} packets, ${kernelDrops} dropped by the kernel`);
  }
  return ExitCode.done;
}

/** A whole number of at least 1; `fallback` without the option. Throws UsageError. */
export function readNumber(parsed: ParsedCommand, name: string, fallback: number): number {
  const text = lastText(parsed, name);
  if (text === null) return fallback;
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (count < 1) throw new UsageError(`--${name} takes a whole number from 1, found "${text}"`);
  return count;
}

export function statsInterval(parsed: ParsedCommand, { outputs }: Configured): number {
  const stock = outputs.statsEnabled ? outputs.statsIntervalSeconds : 0;
  return readNumber(parsed, "stats-interval", stock);
}

function ruleFiles(parsed: ParsedCommand, { settings }: Configured): readonly string[] {
  const given = allTexts(parsed, "rules");
  if (given.length > 0) return given;
  const found: string[] = [];
  for (const name of settings.ruleFiles) {
    const places = [path.resolve(settings.rulesFolder ?? ".", name), name];
    const file = places.find((place) => fs.existsSync(place));
    if (file !== undefined) found.push(file);
    else console.error(`warning: no rule file "${name}"`);
  }
  return found;
}

export function makeLogFolder(parsed: ParsedCommand): string | null {
  const folder = lastText(parsed, "log-dir");
  if (folder !== null) makeFolder(folder);
  return folder;
}
