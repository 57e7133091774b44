/**
 * Several engines on the same interfaces, each in a thread with its own rules, flows and ring; the kernel gives all
 * packets of a flow to the same one. Events of all go to the same files; the counters are added up here. Thresholds,
 * host bits, xbits, tags of hosts and what changes in datasets are kept in memory that all threads share, metrics and
 * names of dns_tunnel are told from each to all.
 */
import { randomInt } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { Worker } from "node:worker_threads";
import { defaultDetectionLimits } from "../../core/detect/detection-state.ts";
import { createSharedState, type SharedStateMemory } from "../../core/detect/shared-state.ts";
import { THRESHOLD_COUNTS_MAX } from "../../core/detect/thresholds.ts";
import { EveReporter } from "../../core/engine/eve-reporter.ts";
import type { Counters } from "../../core/engine/records/stats-record.ts";
import { SEMI_SPACE_MEGABYTES, SEMI_SPACES } from "../../node/operation/young-objects.ts";
import { ExitCode, lastText, type ParsedCommand } from "../command.ts";
import { Interrupt } from "../interrupt.ts";
import { EventLogs } from "../replay/event-logs.ts";
import { configure } from "../rule-session.ts";
import { makeLogFolder, readNumber, statsInterval } from "./live-command.ts";
import { becomeUser } from "./operation-options.ts";
import { TeamOperation } from "./team-operation.ts";

/** What a thread is started with. */
export interface ThreadOrder {
  readonly parsed: ParsedCommand;
  readonly index: number;
  readonly count: number;
  /** Number of the fan-out group of the first interface; the others follow. */
  readonly fanoutBase: number;
  readonly sharedState: SharedStateMemory;
}

/** A command of the control socket, for one thread. */
export interface ThreadCommand {
  readonly id: number;
  readonly name: string;
  readonly given: Readonly<Record<string, string>>;
}

/** What the team tells its threads. */
export type ThreadSignal = "stop" | "all are watching" | "others are over";

export type ThreadMessage =
  | { readonly kind: "answer"; readonly id: number; readonly text: string }
  | { readonly kind: "watching" }
  | { readonly kind: "stats"; readonly counters: Counters }
  | { readonly kind: "over"; readonly code: number; readonly summary: string };

/** Group numbers are the machine's: ours come from the process id, so that two runs do not meet. */
const GROUPS = 0xff00;

export class ThreadTeam {
  private readonly parsed: ParsedCommand;
  private readonly count: number;
  private readonly sharedState: SharedStateMemory;
  private readonly workers: Worker[] = [];
  private readonly counters = new Map<number, Counters>();
  private readonly ended = new Set<number>();
  private readonly summaries: string[] = [];
  private readonly interrupt = new Interrupt();
  private readonly waiting = new Map<number, (text: string) => void>();
  private commandCount = 0;
  private watching = 0;
  private code: number = ExitCode.done;

  constructor(parsed: ParsedCommand, count: number) {
    this.parsed = parsed;
    this.count = count;
    this.sharedState = createSharedState(
      defaultDetectionLimits,
      THRESHOLD_COUNTS_MAX,
      randomInt(2 ** 31),
      count,
    );
  }

  async run(): Promise<number> {
    const logs = this.openStats();
    this.interrupt.onStop = () => this.stop();
    this.interrupt.listen();
    const over = Array.from({ length: this.count }, (_, index) => this.start(index));
    const interval = statsInterval(this.parsed, configure(this.parsed, false));
    const writer = setInterval(() => this.writeStats(logs), Math.max(1, interval) * 1000);
    const seconds = readNumber(this.parsed, "duration", 0);
    const end = seconds > 0 ? setTimeout(() => this.stop(), seconds * 1000) : null;
    const operation = await TeamOperation.start(this.parsed, {
      ask: (name, given) => this.ask(name, given),
      counters: () => addCounters([...this.counters.values()]),
    });
    await Promise.all(over);
    await operation.close();
    clearInterval(writer);
    if (end !== null) clearTimeout(end);
    this.writeStats(logs);
    logs.close();
    this.report();
    return this.code;
  }

  private start(index: number): Promise<void> {
    const fanoutBase = GROUPS & (process.pid * 16);
    const { parsed, count, sharedState } = this;
    const order: ThreadOrder = { parsed, index, count, fanoutBase, sharedState };
    const worker = new Worker(new URL("./listen-thread.js", import.meta.url), {
      workerData: order,
      resourceLimits: { maxYoungGenerationSizeMb: SEMI_SPACES * SEMI_SPACE_MEGABYTES },
    });
    this.workers.push(worker);
    worker.on("message", (message: ThreadMessage) => this.hear(index, message));
    worker.on("error", (error) => {
      console.error(`shrike: ${error.message}`);
      this.code = ExitCode.machine;
      this.stop();
    });
    return new Promise((resolve) =>
      worker.once("exit", () => {
        this.noteEnd(index);
        resolve();
      }),
    );
  }

  /** A thread that is over answers nothing; its part is left out. */
  private async ask(
    name: string,
    given: Readonly<Record<string, string>>,
  ): Promise<readonly string[]> {
    // The first thread ends last, and what it changes in datasets all of them see.
    const asked = name.startsWith("dataset-") ? this.workers.slice(0, 1) : this.workers;
    const answers = asked.map(async (worker) => {
      const id = ++this.commandCount;
      const answer = new Promise<string>((resolve) => {
        this.waiting.set(id, resolve);
        worker.once("exit", () => resolve(""));
      });
      worker.postMessage({ id, name, given } satisfies ThreadCommand);
      const text = await answer;
      this.waiting.delete(id);
      return text;
    });
    return (await Promise.all(answers)).filter((text) => text !== "");
  }

  /** The first thread ends last: it knows then what all have measured. */
  private noteEnd(index: number): void {
    this.ended.add(index);
    const others = this.ended.size - (this.ended.has(0) ? 1 : 0);
    if (others === this.count - 1) this.signal(0, "others are over");
  }

  private stop(): void {
    for (const index of this.workers.keys()) this.signal(index, "stop");
  }

  private signal(index: number, signal: ThreadSignal): void {
    this.workers[index]?.postMessage(signal);
  }

  private hear(index: number, message: ThreadMessage): void {
    switch (message.kind) {
      case "watching":
        this.watching++;
        if (this.watching === this.count) this.settle();
        break;
      case "answer":
        this.waiting.get(message.id)?.(message.text);
        break;
      case "stats":
        this.counters.set(index, message.counters);
        break;
      case "over":
        this.code = Math.max(this.code, message.code);
        if (message.summary !== "") this.summaries.push(message.summary);
        if (message.code !== ExitCode.done) this.stop();
        this.noteEnd(index);
        break;
      default:
        message satisfies never;
    }
  }

  /** All interfaces and logs are open. */
  private settle(): void {
    try {
      const folder = lastText(this.parsed, "log-dir");
      const logs = folder === null ? [] : fs.readdirSync(folder);
      const owned = logs.map((name) => path.join(folder ?? "", name));
      becomeUser(this.parsed, [lastText(this.parsed, "control"), ...owned]);
      console.error(`watching with ${this.count} threads`);
      for (const index of this.workers.keys()) this.signal(index, "all are watching");
    } catch (error) {
      console.error(`shrike: ${error instanceof Error ? error.message : String(error)}`);
      this.code = ExitCode.machine;
      this.stop();
    }
  }

  private openStats(): EventLogs {
    const folder = makeLogFolder(this.parsed);
    if (folder === null) return EventLogs.none();
    const { outputs, settings } = configure(this.parsed, false);
    const host = { inline: false, names: null, protocols: settings.protocols };
    return EventLogs.inFolder(
      folder,
      outputs,
      (options, file) =>
        new EveReporter(options, new Uint8Array(0), (line) => file.write(line), host),
      "a",
    );
  }

  private writeStats(logs: EventLogs): void {
    if (this.counters.size === 0) return;
    const sums = addCounters([...this.counters.values()]);
    for (const reporter of logs.reporters) reporter.onStats?.(sums, Date.now() * 1000);
    logs.flush();
  }

  /** One line a thread, and the sum of packets. */
  private report(): void {
    let total = 0;
    for (const [index, text] of this.summaries.entries()) {
      const { packets, flows, alerts } = JSON.parse(text) as ThreadSummary; // Summary.toJson
      const count = alerts.reduce((sum, alert) => sum + alert.count, 0);
      console.error(`thread ${index}: ${packets} packets, ${flows} flows, ${count} alerts`);
      total += packets;
    }
    console.error(`${total} packets with ${this.summaries.length} threads`);
  }
}

interface ThreadSummary {
  readonly packets: number;
  readonly flows: number;
  readonly alerts: readonly { readonly count: number }[];
}

/** Sums by name; of the uptime, the longest; of texts, the first. */
function addCounters(all: readonly Counters[]): Counters {
  const sums: Counters = new Map();
  for (const counters of all) {
    for (const [name, value] of counters) {
      const before = sums.get(name);
      if (typeof value !== "number" || typeof before !== "number") {
        if (before === undefined) sums.set(name, value);
      } else sums.set(name, name === "uptime" ? Math.max(before, value) : before + value);
    }
  }
  return sums;
}
