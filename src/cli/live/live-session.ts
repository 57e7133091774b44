/**
 * One engine on the wire: rules, event logs and the loop that moves packets from a pump (interfaces that are
 * watched, a bridge that forwards) through it. Operation (control, reload, recording, health) attaches to the hooks.
 */
import type { Arena } from "../../core/bytes/arena.ts";
import type { RuleBuilder } from "../../core/detect/rule-builder.ts";
import type { SharedState } from "../../core/detect/shared-state.ts";
import { alertLine } from "../../core/engine/alert-line.ts";
import { Engine } from "../../core/engine/engine.ts";
import type { Reporter } from "../../core/engine/engine-options.ts";
import type { EveOptions } from "../../core/engine/eve-options.ts";
import { EveReporter } from "../../core/engine/eve-reporter.ts";
import type { Counters } from "../../core/engine/records/stats-record.ts";
import type { Packet } from "../../core/layers/packet.ts";
import type { LiveRecord } from "../../node/live/live-source.ts";
import type { PacketPlace } from "../../node/record/recorded-packet.ts";
import type { LoadedRules } from "../../node/rules/load-rules.ts";
import { RuleShelves, SHELF_BYTES } from "../../node/rules/rule-shelves.ts";
import { EventLogs } from "../replay/event-logs.ts";
import { RuleProfile } from "../rule-profile.ts";
import {
  type Configured,
  createArena,
  createBuilder,
  load,
  prepareMagic,
} from "../rule-session.ts";
import type { ShadowMode } from "../shadow-mode.ts";
import { Summary } from "../summary.ts";
import { captureCounters } from "./capture-counters.ts";
import { MemoryLimits } from "./memory-limits.ts";
import type { InterfaceState, PacketPump } from "./packet-pump.ts";
import type { SessionHealth } from "./session-health.ts";

/** Rounds of packets between two turns of the event loop: signals, sockets and timers wait no longer. */
const ROUNDS_PER_TURN = 8;
/** An idle loop wakes this often. */
const IDLE_MS = 100;
const TICK_MS = 1000;

export interface LiveOptions {
  /** Packets can be dropped. */
  readonly inline: boolean;
  /** Where event logs are written; null: alerts go to the terminal. */
  readonly logFolder: string | null;
  readonly statsIntervalSeconds: number;
  /** Where counters go instead of into the event logs: one of several threads, whose sums are written. */
  readonly takeStats?: ((counters: Counters) => void) | null;
  /** What the engines of all threads remember together. */
  readonly shared?: SharedState | null;
}

export class LiveSession {
  readonly configured: Configured;
  readonly arena: Arena;
  readonly builder: RuleBuilder;
  readonly summary = new Summary();
  readonly options: LiveOptions;
  /** Hears of packets and flows beside the event logs; to be filled before `start`. */
  readonly reporters: Reporter[] = [];
  /** Called for each packet before it is looked at. */
  onRecord: ((record: LiveRecord) => void) | null = null;
  /** Hear of packets before the event logs do; to be filled before `start`. */
  readonly firstReporters: Reporter[] = [];
  /** Appended to the counters, asked each time. */
  readonly moreCounters: (() => Iterable<readonly [string, number | string]>)[] = [];
  /** Called for each packet once its verdict is known; its bytes are still in the arena. */
  onVerdict: ((record: LiveRecord, packet: Packet, verdict: number) => void) | null = null;
  /** Where the packet at hand is recorded, for events. */
  placeOfPacket: () => PacketPlace | null = () => null;
  /** Called each time that no packet is there. */
  onIdle: () => void = () => {};
  /** Called once, when all flows have ended. */
  readonly onEnd: (() => void)[] = [];
  /** Called about once a second, also without traffic. */
  readonly onTick: ((nowMs: number) => void)[] = [];
  /** Null where all rules act and none can be held back. Set before `start`. */
  shadow: ShadowMode | null = null;
  limits: MemoryLimits;
  readonly ruleProfile = new RuleProfile(() => this.engineOrNone?.detector ?? null);
  /** Nothing acts but what is promoted: no policy, no change of content. Set before `start`. */
  isShadow = false;
  /** Rules as they were loaded; null without any. */
  loaded: LoadedRules | null = null;
  /** Called when other rules have taken their place. */
  readonly onRules: ((loaded: LoadedRules) => void)[] = [];
  readonly shelves: RuleShelves;
  health: SessionHealth | null = null;
  /** Names of the interfaces, by their place. */
  interfaceNames: readonly string[] = [];
  /** Where the rules come from, for loading them anew. */
  ruleFiles: readonly string[] = [];
  logs: EventLogs = EventLogs.none();
  private engineOrNone: Engine | null = null;
  private pump: PacketPump | null = null;
  private stopping = false;
  private nextTickMs = 0;

  constructor(configured: Configured, options: LiveOptions) {
    this.configured = configured;
    this.options = options;
    this.arena = createArena(configured.settings, 2 * SHELF_BYTES);
    this.shelves = new RuleShelves(this.arena);
    this.builder = createBuilder(this.shelves.current, configured, options.shared ?? null);
    this.limits = new MemoryLimits(configured.settings, false);
  }

  /** What was loaded, problems included. Throws FileError. */
  loadRules(files: readonly string[]): LoadedRules {
    this.ruleFiles = files;
    this.loaded = load(this.configured, files, this.builder);
    return this.loaded;
  }

  get engine(): Engine {
    if (this.engineOrNone === null) throw new Error("the session was not started");
    return this.engineOrNone;
  }

  /** Opens the logs and makes the engine; packets may come afterwards. Throws SinkError. */
  start(interfaceNames: readonly string[]): void {
    this.interfaceNames = interfaceNames;
    const { logFolder } = this.options;
    if (logFolder !== null) {
      const { outputs } = this.configured;
      this.logs = EventLogs.inFolder(logFolder, outputs, this.createEve, "a");
    }
    this.logs.setInterfaces(interfaceNames);
    this.limits = new MemoryLimits(this.configured.settings, this.isShadow);
    this.engineOrNone = this.createEngine();
    this.shadow?.attach(this.engineOrNone);
    this.summary.startTraffic();
  }

  /** Bits of Verdict for one packet. */
  process(record: LiveRecord): number {
    const engine = this.engineOrNone!;
    if (this.onRecord !== null) this.onRecord(record);
    const verdict = engine.process(record.start, record.end, record);
    if (this.onVerdict !== null) this.onVerdict(record, engine.packet, verdict);
    return verdict;
  }

  /** Moves packets until `stop`; then flows are ended and the logs closed. Throws LiveError, SinkError. */
  async run(pump: PacketPump): Promise<void> {
    this.pump = pump;
    await prepareMagic(this.configured);
    try {
      await this.loop(pump);
      this.drain(pump);
      this.engine.finish();
    } finally {
      pump.close();
      for (const hear of this.onEnd) hear();
      this.logs.close();
    }
    this.summary.noteEngine(this.engine);
    // Of several threads the last one to end saves what all of them have.
    if (!this.options.shared) this.saveDatasets();
  }

  saveDatasets(): void {
    this.configured.dataFiles.save(this.builder.state.datasets.serialise());
  }

  /** Ends `run` after the packets at hand. */
  stop(): void {
    this.stopping = true;
  }

  /** Takes another rule set between two packets; flows go on with their state. */
  replaceRules(loaded: LoadedRules): void {
    this.loaded = loaded;
    this.engine.replaceRules(loaded.ruleSet);
    this.shadow?.attach(this.engine);
    this.ruleProfile.follow();
    void prepareMagic(this.configured);
    for (const hear of this.onRules) hear(loaded);
  }

  counters(): Counters {
    return this.engine.counters();
  }

  interfaces(): readonly InterfaceState[] {
    return this.pump?.interfaces() ?? [];
  }

  /** A capture is played back: times are not those of this day. */
  get isPlayback(): boolean {
    return this.pump?.isPlayback === true;
  }

  private async loop(pump: PacketPump): Promise<void> {
    for (let round = 1; !this.stopping; round++) {
      const count = pump.pump();
      this.tick(count === 0);
      if (count === 0) {
        this.onIdle();
        await pump.wait(IDLE_MS);
      } else if (round % ROUNDS_PER_TURN === 0) await turn();
    }
  }

  /** What waits in the rings when the stop comes is still looked at, but no longer than a second of traffic. */
  private drain(pump: PacketPump): void {
    const untilMs = Date.now() + TICK_MS;
    while (pump.pump() > 0 && Date.now() < untilMs);
  }

  private tick(isIdle: boolean): void {
    const nowMs = Date.now();
    if (nowMs < this.nextTickMs) return;
    this.nextTickMs = nowMs + TICK_MS;
    if (isIdle && !this.isPlayback) this.engine.tick(nowMs * 1000);
    this.logs.flush();
    for (const hear of this.onTick) hear(nowMs);
  }

  private createEngine(): Engine {
    const { settings } = this.configured;
    const { inline, statsIntervalSeconds } = this.options;
    return new Engine({
      arena: this.arena,
      kernels: this.builder.kernels,
      decoder: settings.decoder,
      defrag: settings.defrag,
      defragMemoryBytes: settings.defragMemoryBytes,
      flow: settings.flow,
      stream: this.limits.stream,
      ...(this.isShadow ? {} : { exceptionPolicies: settings.exceptionPolicies }),
      checksums: settings.checksums,
      protocols: settings.protocols,
      filePolicy: settings.filePolicy,
      ruleSet: this.loaded?.ruleSet ?? null,
      inline,
      isLive: true,
      alertsPerPacketMax: settings.alertsPerPacketMax,
      guessesTransactions: settings.guessesTransactions,
      reporters: [...this.firstReporters, ...this.logs.reporters, this.people(), ...this.reporters],
      statsIntervalSeconds,
      extraCounters: { [Symbol.iterator]: () => this.extraCounters() },
    });
  }

  private *extraCounters(): IterableIterator<readonly [string, number | string]> {
    yield* captureCounters(this.interfaces());
    yield ["output.lost_lines", this.logs.lostLines];
    yield* this.configured.magic.counters();
    for (const counters of this.moreCounters) yield* counters();
    if (this.loaded === null) return;
    const { loaded, failed, unsupported, skipped } = this.loaded.counts;
    const engine = `[{"id":0,"rules_loaded":${loaded},"rules_failed":${failed + unsupported},"rules_skipped":${skipped}}]`;
    yield ["detect.engines", engine];
  }

  private readonly createEve = (
    options: EveOptions,
    file: { write(line: string): void },
  ): EveReporter => {
    const reporter = new EveReporter(
      this.options.takeStats ? { ...options, stats: null } : options,
      this.arena.bytes,
      (line) => file.write(line),
      {
        inline: this.options.inline,
        names: this.loaded === null ? null : this.builder,
        protocols: this.configured.settings.protocols,
      },
    );
    reporter.context.place = () => this.placeOfPacket();
    reporter.tellsBaseline = this.options.shared?.isSpeaker === true && options.stats !== null;
    return reporter;
  };

  private people(): Reporter {
    const { summary, options } = this;
    const lines = options.logFolder === null ? terminal : this.logs.alertLines;
    return {
      onPacket(packet, alerts) {
        for (const alert of alerts) {
          if (alert.silent) continue;
          summary.noteAlert(alert.rule);
          lines?.write(alertLine(packet, alert, options.inline));
        }
      },
      onFlowEnd() {
        summary.flowCount++;
      },
      onStats: (counters) => options.takeStats?.(counters),
    };
  }
}

const terminal = { write: (line: string) => void process.stdout.write(`${line}\n`) };

/** One turn of the event loop. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
