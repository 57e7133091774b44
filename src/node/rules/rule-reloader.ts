/**
 * Loads rules and lists anew while packets go on: in slices of a few milliseconds between turns of the event loop.
 * Names keep their numbers and what rules remember is shared, so that the new set can take the old one's place;
 * when anything in it is broken the old one stays.
 */
import { setImmediate } from "node:timers/promises";
import type { Arena } from "../../core/bytes/arena.ts";
import type { RuleBuilder } from "../../core/detect/rule-builder.ts";
import type { Kernels } from "../../core/match/kernels.ts";
import { ConfigError } from "../config/config-error.ts";
import { EngineError } from "../errors.ts";
import type { LoadedRules } from "./load-rules.ts";
import type { RuleShelves } from "./rule-shelves.ts";

/** Loading stops after so long and lets packets have a turn. */
const SLICE_MS = 5;

export interface ReloadHost {
  readonly shelves: RuleShelves;
  /** The builder of the first rule set: its names, its state, its variables go on. */
  readonly builder: RuleBuilder;
  /** Searches over a section of the arena. */
  createKernels(arena: Arena): Kernels;
  /** Reads lists that rules refer to (reputation, declared datasets) again. Throws EngineError. */
  readLists(builder: RuleBuilder): void;
  /** Starts to load the rules, in steps of one rule. Throws FileError. */
  load(builder: RuleBuilder): Generator<undefined, LoadedRules>;
  /** Rules with errors are left out and the others used; otherwise one error keeps the old set in place. */
  readonly keepsGoing: boolean;
  /** Takes the new set into use, between two packets. */
  use(loaded: LoadedRules): void;
}

export interface ReloadResult {
  readonly isDone: boolean;
  /** What was loaded, diagnostics included; null when a file could not be read. */
  readonly loaded: LoadedRules | null;
  /** Why the old rules stay; empty when they do not. */
  readonly problem: string;
  /** Time from the call to the new rules in use, and the longest time without a turn for packets. */
  readonly durationMs: number;
  readonly longestPauseMs: number;
}

export class RuleReloader {
  private readonly host: ReloadHost;
  private running: Promise<ReloadResult> | null = null;
  private waiting: Promise<ReloadResult> | null = null;

  constructor(host: ReloadHost) {
    this.host = host;
  }

  /** One at a time; a call while one runs gives one more afterwards, shared by all that ask meanwhile. */
  async reload(): Promise<ReloadResult> {
    if (this.running === null) return await this.start();
    this.waiting ??= this.running.then(async () => {
      this.waiting = null;
      return await this.start();
    });
    return await this.waiting;
  }

  private start(): Promise<ReloadResult> {
    this.running = this.run().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  private async run(): Promise<ReloadResult> {
    const { host } = this;
    const { shelves } = host;
    const clock = new PauseClock();
    const arena = shelves.prepare();
    const { state } = host.builder;
    const { reputation } = state;
    state.datasets.beginReload();
    let loaded: LoadedRules | null = null;
    let problem = "";
    try {
      const builder = { ...host.builder, arena, kernels: host.createKernels(arena) };
      host.readLists(builder);
      loaded = await runInSlices(host.load(builder), clock);
      if (loaded.isBad && !host.keepsGoing) problem = firstProblem(loaded);
    } catch (error) {
      if (!(error instanceof EngineError || error instanceof ConfigError)) throw error;
      problem = error.message;
    }
    if (loaded !== null && problem === "") {
      shelves.take(arena);
      host.use(loaded);
    } else state.reputation = reputation;
    state.datasets.endReload(problem === "");
    clock.pause();
    return { isDone: problem === "", loaded, problem, ...clock.times() };
  }
}

async function runInSlices(
  steps: Generator<undefined, LoadedRules>,
  clock: PauseClock,
): Promise<LoadedRules> {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    if (!clock.isOver(SLICE_MS)) continue;
    clock.pause();
    await setImmediate();
    clock.resume();
  }
}

/** Measures how long packets had to wait. */
class PauseClock {
  private readonly startMs = performance.now();
  private sliceMs = this.startMs;
  private longestMs = 0;

  isOver(limitMs: number): boolean {
    return performance.now() - this.sliceMs >= limitMs;
  }

  pause(): void {
    this.longestMs = Math.max(this.longestMs, performance.now() - this.sliceMs);
  }

  resume(): void {
    this.sliceMs = performance.now();
  }

  times(): { readonly durationMs: number; readonly longestPauseMs: number } {
    return { durationMs: performance.now() - this.startMs, longestPauseMs: this.longestMs };
  }
}

function firstProblem({ diagnostics }: LoadedRules): string {
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  const first = errors[0];
  if (first === undefined) return "the rules have errors";
  const { file, line, column } = first.span;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more errors)` : "";
  return `${file}:${line}:${column}: ${first.message}${more}`;
}
