/** One run of `shrike replay`: rules loaded once, captures through engines, logs closed whole, a summary. */
import fs from "node:fs";
import path from "node:path";
import type { Arena } from "../../core/bytes/arena.ts";
import type { Detector } from "../../core/detect/detector.ts";
import type { RuleBuilder } from "../../core/detect/rule-builder.ts";
import { alertLine } from "../../core/engine/alert-line.ts";
import { Engine } from "../../core/engine/engine.ts";
import type { Reporter } from "../../core/engine/engine-options.ts";
import { EveReporter } from "../../core/engine/eve-reporter.ts";
import type { FileStorage } from "../../core/engine/file-storage.ts";
import { CaptureReader } from "../../core/pcap/capture-reader.ts";
import { CaptureError } from "../../node/errors.ts";
import { makeFolder } from "../../node/make-folder.ts";
import { openCapture } from "../../node/replay/capture-source.ts";
import { listCaptures } from "../../node/replay/list-captures.ts";
import { replayCapture } from "../../node/replay/replay-capture.ts";
import type { LoadedRules } from "../../node/rules/load-rules.ts";
import { allTexts, ExitCode, lastText, type ParsedCommand } from "../command.ts";
import { Interrupt } from "../interrupt.ts";
import { loadModel, saveModel } from "../models.ts";
import { countsLine, printDiagnostics } from "../print-diagnostics.ts";
import { printUnusedSettings } from "../print-settings.ts";
import { RuleProfile } from "../rule-profile.ts";
import {
  type Configured,
  createArena,
  createBuilder,
  engineArenaBytes,
  load,
  prepareMagic,
} from "../rule-session.ts";
import { ShadowMode } from "../shadow-mode.ts";
import { Summary } from "../summary.ts";
import { type EveFactory, EventLogs } from "./event-logs.ts";
import { Progress } from "./progress.ts";
import { createFileStorage } from "./stored-files.ts";

/** Bytes of a capture that are in memory at once. */
const CHUNK_BYTES = 16 * 1024 ** 2;

export class ReplaySession {
  private readonly parsed: ParsedCommand;
  private readonly configured: Configured;
  private readonly inline: boolean;
  private readonly statsIntervalSeconds: number;
  private readonly arena: Arena;
  /** Where an engine allocates; emptied for the next one. */
  private readonly engineArena: Arena;
  private readonly builder: RuleBuilder;
  private readonly region: number;
  /** Null where rules act. */
  private readonly shadow: ShadowMode | null;
  private detector: Detector | null = null;
  private readonly profile = new RuleProfile(() => this.detector);
  private readonly summary = new Summary();
  private readonly interrupt = new Interrupt();
  private loaded: LoadedRules | null = null;
  private progress: Progress | null = null;
  private hasMachineTrouble = false;

  constructor(
    parsed: ParsedCommand,
    configured: Configured,
    options: { readonly inline: boolean; readonly statsIntervalSeconds: number },
  ) {
    this.parsed = parsed;
    this.configured = configured;
    this.inline = options.inline;
    this.statsIntervalSeconds = options.statsIntervalSeconds;
    this.arena = createArena(configured.settings);
    this.builder = createBuilder(this.arena, configured);
    const rules = () => this.loaded?.ruleSet.rules ?? [];
    const isShadow = parsed.switches.has("shadow");
    this.shadow = isShadow ? new ShadowMode({ holdsAll: true, rules }) : null;
    this.region = this.arena.allocate(CHUNK_BYTES);
    this.engineArena = this.arena.section(engineArenaBytes(configured.settings));
  }

  /** True when a rule or a list file is bad. */
  loadRules(): boolean {
    printUnusedSettings(this.configured.tree, this.parsed);
    const given = allTexts(this.parsed, "rules");
    const files = given.length > 0 ? given : this.configuredRuleFiles();
    if (this.parsed.switches.has("disable-detection") || files.length === 0) return false;
    this.loaded = load(this.configured, files, this.builder);
    printDiagnostics(this.loaded.diagnostics, console.error);
    console.error(countsLine(this.loaded));
    loadModel(this.parsed, this.builder);
    return this.loaded.isBad;
  }

  writeEmptyLog(): void {
    const folder = lastText(this.parsed, "log-dir");
    if (folder !== null) EventLogs.inFolder(makeFolder(folder), noOutputs, neverEve).close();
  }

  /** Throws CaptureError, SinkError, FileError. */
  async run(): Promise<number> {
    const captures = listCaptures(this.parsed.files);
    this.summary.startTraffic();
    this.interrupt.listen();
    await prepareMagic(this.configured);
    const each = lastText(this.parsed, "each-into");
    if (each === null) {
      await this.replayAll(captures);
      saveModel(this.parsed, this.builder);
    } else await this.replayEach(captures, makeFolder(each));
    this.configured.dataFiles.save(this.builder.state.datasets.serialise());
    if (this.interrupt.signal !== null) console.error(`stopped by ${this.interrupt.signal}`);
    const ruleCount = this.loaded?.counts.loaded ?? 0;
    if (this.parsed.switches.has("json")) console.log(this.summary.toJson());
    else console.error(this.summary.toText(ruleCount));
    const logFolder = lastText(this.parsed, "log-dir") ?? each;
    this.shadow?.writeReport(logFolder);
    this.profile.writeReport(logFolder);
    if (this.interrupt.isRequested) return this.interrupt.exitCode;
    if (this.hasMachineTrouble) return ExitCode.machine;
    return this.summary.failedCaptures > 0 ? ExitCode.badInput : ExitCode.done;
  }

  private configuredRuleFiles(): readonly string[] {
    const { ruleFiles, rulesFolder } = this.configured.settings;
    const found: string[] = [];
    for (const name of ruleFiles) {
      const file = [path.resolve(rulesFolder ?? ".", name), name].find((one) => fs.existsSync(one));
      if (file !== undefined) found.push(file);
      else console.error(`warning: no rule file "${name}"`);
    }
    return found;
  }

  private async replayAll(captures: readonly string[]): Promise<void> {
    const folder = lastText(this.parsed, "log-dir");
    const logs =
      folder === null
        ? EventLogs.none()
        : EventLogs.inFolder(makeFolder(folder), this.configured.outputs, this.createEve);
    await this.replayInto(
      logs,
      folder,
      captures,
      folder === null ? this.terminal() : logs.alertLines,
    );
  }

  private async replayEach(captures: readonly string[], folder: string): Promise<void> {
    const names = new Set<string>();
    for (const capture of captures) {
      if (this.interrupt.isRequested) return;
      const name = freeName(path.basename(capture), names);
      const file = path.join(folder, `${name}.eve.json`);
      const logs = EventLogs.inFile(file, this.configured.outputs, this.createEve);
      this.builder.state.clear();
      loadModel(this.parsed, this.builder);
      await this.replayInto(logs, folder, [capture], null);
    }
  }

  /** Whatever happens, the flows that were seen are ended and the logs closed. */
  private async replayInto(
    logs: EventLogs,
    folder: string | null,
    captures: readonly string[],
    alertLines: { write(line: string): void } | null,
  ): Promise<void> {
    this.engineArena.reset();
    const reporters = [...logs.reporters, this.people(alertLines)];
    const engine = this.createEngine(reporters, this.createStorage(folder));
    this.shadow?.attach(engine);
    this.detector = engine.detector;
    if (this.parsed.switches.has("profile-rules")) this.profile.start();
    try {
      for (const capture of captures) {
        if (this.interrupt.isRequested) break;
        logs.setCapture(capture);
        await this.replayOne(engine, capture);
      }
      engine.finish();
    } finally {
      logs.close();
    }
    this.summary.noteEngine(engine);
  }

  /** A capture that the machine does not give is told at once, and the others are still replayed. */
  private async replayOne(engine: Engine, capture: string): Promise<void> {
    try {
      await this.replayRecords(engine, capture);
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error;
      this.hasMachineTrouble = true;
      console.error(`shrike: ${error.message}`);
    } finally {
      this.progress?.clear();
      this.progress = null;
    }
  }

  private async replayRecords(engine: Engine, capture: string): Promise<void> {
    const source = await openCapture(capture);
    const reader = new CaptureReader(this.arena.bytes, this.region, this.region + CHUNK_BYTES);
    const progress = new Progress(source);
    this.progress = progress;
    this.interrupt.onStop = () => source.cancel();
    try {
      const { problem, records } = await replayCapture(source, reader, {
        onRecord: (record) => engine.process(record.start, record.end, record),
        onAhead: (ahead) => engine.flows.foresee(ahead),
        onPause: () => {
          progress.show(engine.packetCount);
          return this.interrupt.isRequested;
        },
      });
      if (problem !== null) this.summary.noteProblem(capture, problem, records);
    } finally {
      this.interrupt.onStop = () => {};
      source.close();
    }
  }

  private readonly createEve: EveFactory = (options, file) =>
    new EveReporter(options, this.arena.bytes, (line) => file.write(line), {
      inline: this.inline,
      names: this.loaded === null ? null : this.builder,
      protocols: this.configured.settings.protocols,
    });

  private terminal(): { write(line: string): void } {
    return {
      write: (line) => {
        this.progress?.clear();
        process.stdout.write(`${line}\n`);
      },
    };
  }

  private people(alertLines: { write(line: string): void } | null): Reporter {
    const { summary, inline } = this;
    return {
      onPacket(packet, alerts) {
        for (const alert of alerts) {
          if (alert.silent) continue;
          summary.noteAlert(alert.rule);
          alertLines?.write(alertLine(packet, alert, inline));
        }
      },
      onFlowEnd() {
        summary.flowCount++;
      },
    };
  }

  /** Trouble of the store is told when it happens; the replay goes on and ends as failed. */
  private createStorage(logFolder: string | null): FileStorage | null {
    return createFileStorage(this.configured, {
      logFolder,
      bytes: this.arena.bytes,
      names: this.loaded === null ? null : this.builder,
      onProblem: (problem) => {
        this.hasMachineTrouble = true;
        this.progress?.clear();
        console.error(`shrike: ${problem.message}`);
      },
    });
  }

  private createEngine(reporters: readonly Reporter[], fileStorage: FileStorage | null): Engine {
    const { settings } = this.configured;
    return new Engine({
      arena: this.engineArena,
      kernels: this.builder.kernels,
      decoder: settings.decoder,
      defrag: settings.defrag,
      defragMemoryBytes: settings.defragMemoryBytes,
      flow: settings.flow,
      stream: this.shadow ? { ...settings.stream, dropInvalid: false } : settings.stream,
      ...(this.shadow ? {} : { exceptionPolicies: settings.exceptionPolicies }),
      checksums: settings.checksums,
      protocols: settings.protocols,
      filePolicy: settings.filePolicy,
      fileStorage,
      ruleSet: this.loaded?.ruleSet ?? null,
      inline: this.inline,
      alertsPerPacketMax: settings.alertsPerPacketMax,
      guessesTransactions: settings.guessesTransactions,
      thresholdCountsMax: settings.thresholdCountsMax,
      reporters,
      statsIntervalSeconds: this.statsIntervalSeconds,
      extraCounters: { [Symbol.iterator]: () => this.extraCounters() },
    });
  }

  private *extraCounters(): IterableIterator<readonly [string, number | string]> {
    yield* this.configured.magic.counters();
    if (this.loaded === null) return;
    const { loaded, failed, unsupported, skipped } = this.loaded.counts;
    const engine = `[{"id":0,"rules_loaded":${loaded},"rules_failed":${failed + unsupported},"rules_skipped":${skipped}}]`;
    yield ["detect.engines", engine];
  }
}

const noOutputs = {
  eveLogs: [],
  fastLog: null,
  fileStore: null,
  statsIntervalSeconds: 0,
  statsEnabled: false,
  decoderEventCounters: false,
  streamEventCounters: false,
};

const neverEve: EveFactory = () => {
  throw new Error("there is no EVE log without outputs");
};

/** The name, or `name-2` ... when a capture of that name was there before. */
function freeName(name: string, taken: Set<string>): string {
  let free = name;
  for (let number = 2; taken.has(free); number++) free = `${name}-${number}`;
  taken.add(free);
  return free;
}
