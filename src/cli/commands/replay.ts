/** shrike replay: captures through rules, alerts for people or EVE events to a folder. */
import fs from "node:fs";
import path from "node:path";
import { alertLine } from "../../core/engine/alert-line.ts";
import { Engine, type Reporter } from "../../core/engine/engine.ts";
import { EveReporter } from "../../core/engine/eve-reporter.ts";
import { CaptureReader } from "../../core/pcap/capture-reader.ts";
import { SinkError } from "../../node/errors.ts";
import { openCapture } from "../../node/replay/capture-source.ts";
import { listCaptures } from "../../node/replay/list-captures.ts";
import { replayCapture } from "../../node/replay/replay-capture.ts";
import type { LoadedRules } from "../../node/rules/load-rules.ts";
import { LineFile } from "../../node/sinks/line-file.ts";
import {
  allTexts,
  type Command,
  ExitCode,
  lastText,
  type ParsedCommand,
  UsageError,
} from "../command.ts";
import { countsLine, printDiagnostics } from "../print-diagnostics.ts";
import { type Configured, configure, createArena, createBuilder, load } from "../rule-session.ts";
import { Summary } from "../summary.ts";

/** Bytes of a capture that are in memory at once. */
const CHUNK_BYTES = 16 * 1024 ** 2;
const PROGRESS_INTERVAL_MS = 500;

export const replay: Command = {
  name: "replay",
  summary: "Replays captures against rules and prints alerts, or writes EVE JSON.",
  usage: "[FILE...] -S RULES [options]",
  options: [
    {
      name: "rules",
      short: "S",
      value: "FILE",
      multiple: true,
      summary: "rule file; may be given several times",
    },
    { name: "config", short: "c", value: "FILE", summary: "suricata.yaml; stock settings without" },
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
    { name: "data-dir", value: "DIR", summary: "where rules' data files are" },
    { name: "disable-detection", summary: "decode and log only" },
    {
      name: "each-into",
      value: "DIR",
      summary: "fresh state for each capture; events in DIR/NAME.eve.json",
    },
    { name: "keep-going", summary: "a bad rule is reported and the others are used" },
    {
      name: "strict-rule-keywords",
      value: "LIST",
      summary: "accepted for compatibility; rules are always strict",
    },
    { name: "test", short: "T", summary: "loads and checks configuration and rules, then stops" },
    { name: "json", summary: "the summary as JSON" },
    { name: "help", short: "h", summary: "this text" },
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
  ],
  run: runReplay,
};

async function runReplay(parsed: ParsedCommand): Promise<number> {
  const inline = parsed.switches.has("simulate-ips");
  const configured = configure(parsed, inline);
  const session = new ReplaySession(parsed, configured, inline);
  const failed = session.loadRules();
  if (failed && !parsed.switches.has("keep-going")) return ExitCode.badInput;
  if (parsed.switches.has("test")) {
    session.writeEmptyLog();
    console.error("configuration and rules are good");
    return ExitCode.done;
  }
  if (parsed.files.length === 0) throw new UsageError("name at least one capture");
  return await session.run();
}

class ReplaySession {
  private readonly parsed: ParsedCommand;
  private readonly configured: Configured;
  private readonly inline: boolean;
  private readonly arena;
  private readonly builder;
  private readonly region: number;
  private readonly summary = new Summary();
  private loaded: LoadedRules | null = null;

  constructor(parsed: ParsedCommand, configured: Configured, inline: boolean) {
    this.parsed = parsed;
    this.configured = configured;
    this.inline = inline;
    this.arena = createArena(configured.settings);
    this.builder = createBuilder(this.arena, configured);
    this.region = this.arena.allocate(CHUNK_BYTES);
  }

  /** True when a rule or data file is bad. */
  loadRules(): boolean {
    const given = allTexts(this.parsed, "rules");
    const { ruleFiles } = this.configured.settings;
    const files = given.length > 0 ? given : ruleFiles.filter((file) => fs.existsSync(file));
    if (this.parsed.switches.has("disable-detection") || files.length === 0) return false;
    this.loaded = load(this.configured, files, this.builder);
    printDiagnostics(this.loaded.diagnostics, console.error);
    console.error(countsLine(this.loaded));
    const unknown =
      lastText(this.parsed, "config") === null ? [] : this.configured.tree.unknownKeys();
    if (unknown.length > 0) console.error(`settings that are not used: ${unknown.join(", ")}`);
    return this.loaded.isBad;
  }

  writeEmptyLog(): void {
    const folder = lastText(this.parsed, "log-dir");
    if (folder === null) return;
    new LineFile(path.join(makeFolder(folder), "eve.json")).close();
  }

  async run(): Promise<number> {
    const captures = listCaptures(this.parsed.files);
    this.summary.startTraffic();
    const each = lastText(this.parsed, "each-into");
    if (each === null) await this.replayAll(captures);
    else await this.replayEach(captures, makeFolder(each));
    const rules = this.loaded?.ruleSet.rules ?? [];
    if (this.parsed.switches.has("json")) console.log(this.summary.toJson());
    else console.error(this.summary.toText(rules.length));
    return this.summary.failedCaptures > 0 ? ExitCode.badInput : ExitCode.done;
  }

  private async replayAll(captures: readonly string[]): Promise<void> {
    const folder = lastText(this.parsed, "log-dir");
    const files: LineFile[] = [];
    const eve = folder === null ? [] : this.openEve(makeFolder(folder), files);
    const fast = folder === null ? new LineSinkToStdout() : this.openFast(folder, files);
    const engine = this.createEngine(this.withPeople(eve, fast));
    try {
      for (const capture of captures) await this.replayOne(engine, capture, eve);
      engine.finish();
    } finally {
      for (const file of files) file.close();
    }
    this.summary.noteEngine(engine);
  }

  private async replayEach(captures: readonly string[], folder: string): Promise<void> {
    for (const capture of captures) {
      const file = new LineFile(path.join(folder, `${path.basename(capture)}.eve.json`));
      const eve = this.configured.outputs.eveLogs
        .slice(0, 1)
        .map(({ options }) => this.createEve(options, file));
      this.builder.state.hostBits.clear();
      this.builder.state.xBits.clear();
      const engine = this.createEngine(this.withPeople(eve, null));
      try {
        await this.replayOne(engine, capture, eve);
        engine.finish();
      } finally {
        file.close();
      }
      this.summary.noteEngine(engine);
    }
  }

  private openEve(folder: string, files: LineFile[]): EveReporter[] {
    const logs = this.configured.outputs.eveLogs;
    const names = new Set<string>();
    const reporters: EveReporter[] = [];
    for (const { filename, options } of logs) {
      if (names.has(filename)) continue;
      names.add(filename);
      const file = new LineFile(path.resolve(folder, filename));
      files.push(file);
      reporters.push(this.createEve(options, file));
    }
    if (!names.has("eve.json")) files.push(new LineFile(path.join(folder, "eve.json")));
    return reporters;
  }

  private createEve(
    options: Configured["outputs"]["eveLogs"][number]["options"],
    file: LineFile,
  ): EveReporter {
    const names = this.loaded === null ? null : this.builder;
    return new EveReporter(options, this.arena.bytes, (line) => file.write(line), {
      inline: this.inline,
      names,
      protocols: this.configured.settings.protocols,
    });
  }

  private openFast(folder: string, files: LineFile[]): LineFile | null {
    const name = this.configured.outputs.fastLog;
    if (name === null) return null;
    const file = new LineFile(path.resolve(folder, name));
    files.push(file);
    return file;
  }

  private withPeople(
    eve: readonly Reporter[],
    lines: { write(line: string): void } | null,
  ): Reporter[] {
    const { summary, inline } = this;
    const people: Reporter = {
      onPacket(packet, alerts) {
        for (const alert of alerts) {
          if (alert.silent) continue;
          summary.noteAlert(alert.rule);
          lines?.write(alertLine(packet, alert, inline));
        }
      },
      onFlowEnd() {
        summary.flowCount++;
      },
    };
    return [...eve, people];
  }

  private createEngine(reporters: readonly Reporter[]): Engine {
    const { settings, outputs } = this.configured;
    const stats = outputs.statsEnabled ? outputs.statsIntervalSeconds : 0;
    return new Engine({
      arena: this.arena,
      kernels: this.builder.kernels,
      decoder: settings.decoder,
      defrag: settings.defrag,
      defragMemoryBytes: settings.defragMemoryBytes,
      flow: settings.flow,
      stream: settings.stream,
      checksums: settings.checksums,
      protocols: settings.protocols,
      filePolicy: settings.filePolicy,
      ruleSet: this.loaded?.ruleSet ?? null,
      inline: this.inline,
      alertsPerPacketMax: settings.alertsPerPacketMax,
      reporters,
      statsIntervalSeconds: stats > 0 ? 0 : 0,
      extraCounters: this.ruleCounters(),
    });
  }

  private ruleCounters(): readonly (readonly [string, string])[] {
    if (this.loaded === null) return [];
    const { loaded, failed, unsupported, skipped } = this.loaded.counts;
    const engine = `[{"id":0,"rules_loaded":${loaded},"rules_failed":${failed + unsupported},"rules_skipped":${skipped}}]`;
    return [["detect.engines", engine]];
  }

  private async replayOne(
    engine: Engine,
    capture: string,
    eve: readonly EveReporter[],
  ): Promise<void> {
    for (const reporter of eve) reporter.context.captureName = capture;
    const source = await openCapture(capture);
    const reader = new CaptureReader(this.arena.bytes, this.region, this.region + CHUNK_BYTES);
    const progress = new Progress(source.sizeBytes, () => source.positionBytes);
    try {
      const result = await replayCapture(
        source,
        reader,
        (record) => engine.process(record.start, record.end, record),
        () => progress.show(engine.packetCount),
      );
      if (result.problem !== null)
        this.summary.noteProblem(capture, result.problem, result.records);
    } finally {
      progress.clear();
      source.close();
    }
  }
}

class LineSinkToStdout {
  write(line: string): void {
    process.stdout.write(`${line}\n`);
  }
}

/** A line on the terminal that is written over, for captures that take more than a second. */
class Progress {
  private readonly started = Date.now();
  private shown = 0;
  private readonly sizeBytes: number | null;
  private readonly position: () => number;

  constructor(sizeBytes: number | null, position: () => number) {
    this.sizeBytes = sizeBytes;
    this.position = position;
  }

  show(packets: number): void {
    const now = Date.now();
    if (
      !process.stderr.isTTY ||
      now - this.started < 1000 ||
      now - this.shown < PROGRESS_INTERVAL_MS
    )
      return;
    this.shown = now;
    const share =
      this.sizeBytes === null
        ? ""
        : ` ${Math.floor((100 * this.position()) / Math.max(1, this.sizeBytes))} %`;
    process.stderr.write(`\r${packets} packets${share}   `);
  }

  clear(): void {
    if (this.shown > 0) process.stderr.write("\r\u001b[K");
  }
}

function makeFolder(folder: string): string {
  try {
    fs.mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw new SinkError(`cannot make the folder "${folder}"`, { cause });
  }
  return folder;
}
