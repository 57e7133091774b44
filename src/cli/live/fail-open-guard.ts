/**
 * Fail-open: a small process that watches over the one with the engine. While that one loads rules, is dead or has
 * stalled, the guard forwards packets itself, unlooked at; a stalled engine is ended first, so that no packet is
 * forwarded by both. The two talk over Node's channel: `ready` and a beat from the engine, `go` from the guard.
 */
import { type ChildProcess, spawn } from "node:child_process";
import {
  type ForwarderHandle,
  type NativeAddon,
  requireAddon,
} from "../../node/native/native-addon.ts";
import { ExitCode } from "../command.ts";

const GUARDED = "SHRIKE_GUARDED";
const BEAT_MS = 100;
const RESTART_MS_MIN = 500;
const RESTART_MS_MAX = 30_000;
const passedSignals = ["SIGINT", "SIGTERM", "SIGHUP", "SIGUSR2"] as const;

/** True in the process that a guard started. */
export function isGuarded(): boolean {
  return process.env[GUARDED] === "1" && process.send !== undefined;
}

/** Tells the guard that packets can be taken over, and returns when it has let go. Beats from then on. */
export async function waitForGuard(): Promise<void> {
  if (!isGuarded()) return;
  const go = new Promise<void>((resolve) => {
    process.once("message", () => resolve());
    process.once("disconnect", () => resolve());
  });
  tell("ready");
  await go;
  const beat = setInterval(() => tell("beat"), BEAT_MS);
  beat.unref();
  process.once("disconnect", () => clearInterval(beat));
  // The channel must not keep the process alive once it has stopped.
  process.channel?.unref();
}

function tell(message: string): void {
  // A guard that is gone is no reason to stop: packets go on, only unguarded.
  if (process.connected) process.send?.(message, undefined, {}, () => {});
}

/** Runs this same command under guard. Resolves with the exit code when it has stopped of its own accord. */
export async function guardBridge(nameA: string, nameB: string, stallMs: number): Promise<number> {
  const guard = new Guard(requireAddon("--fail open"), [nameA, nameB], stallMs);
  return await guard.run();
}

class Guard {
  private readonly addon: NativeAddon;
  private readonly names: readonly [string, string];
  private readonly stallMs: number;
  private forwarder: ForwarderHandle | null = null;
  private child: ChildProcess | null = null;
  private wasReady = false;
  private isStopping = false;
  private lastBeatMs = 0;
  private restartMs = RESTART_MS_MIN;

  constructor(addon: NativeAddon, names: readonly [string, string], stallMs: number) {
    this.addon = addon;
    this.names = names;
    this.stallMs = stallMs;
  }

  async run(): Promise<number> {
    this.takeOver();
    for (const signal of passedSignals) process.on(signal, () => this.pass(signal));
    const watch = setInterval(() => this.watch(), BEAT_MS);
    try {
      for (;;) {
        const { code, signal } = await this.runChild();
        const isOver = this.isStopping || code === ExitCode.done || !this.wasReady;
        if (isOver) return code ?? ExitCode.machine;
        this.takeOver();
        const how = signal === null ? `with code ${code}` : `by ${signal}`;
        console.error(`the engine ended ${how}; packets go on unlooked at while it is restarted`);
        await new Promise((resolve) => setTimeout(resolve, this.restartMs));
        this.restartMs = Math.min(2 * this.restartMs, RESTART_MS_MAX);
        if (this.isStopping) return ExitCode.done;
      }
    } finally {
      clearInterval(watch);
      this.letGo();
    }
  }

  private runChild(): Promise<{ code: number | null; signal: string | null }> {
    const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
      env: { ...process.env, [GUARDED]: "1" },
      stdio: ["inherit", "inherit", "inherit", "ipc"],
      // A Ctrl-C of the terminal reaches the guard alone, which passes it on once.
      detached: true,
    });
    this.child = child;
    this.lastBeatMs = 0;
    child.on("message", (message) => this.hear(child, message));
    return new Promise((resolve) => {
      child.once("error", () => resolve({ code: ExitCode.machine, signal: null }));
      child.once("exit", (code, signal) => {
        this.child = null;
        resolve({ code, signal });
      });
    });
  }

  private hear(child: ChildProcess, message: unknown): void {
    this.lastBeatMs = Date.now();
    if (message === "beat") {
      this.restartMs = RESTART_MS_MIN;
      return;
    }
    this.wasReady = true;
    this.letGo();
    child.send("go");
  }

  /** A process that gave no sign for too long is ended; its exit does the rest. */
  private watch(): void {
    if (this.child === null || this.lastBeatMs === 0) return;
    const silentMs = Date.now() - this.lastBeatMs;
    if (silentMs < this.stallMs || this.isStopping) return;
    console.error(`the engine gave no sign for ${silentMs} ms and is ended`);
    this.lastBeatMs = 0;
    this.child.kill("SIGKILL");
  }

  private pass(signal: (typeof passedSignals)[number]): void {
    if (signal === "SIGINT" || signal === "SIGTERM") this.isStopping = true;
    this.child?.kill(signal);
  }

  private takeOver(): void {
    if (this.forwarder !== null) return;
    try {
      this.forwarder = this.addon.startForwarder(...this.names);
    } catch (error) {
      console.error(`shrike: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  private letGo(): void {
    if (this.forwarder === null) return;
    const frames = this.addon.stopForwarder(this.forwarder);
    this.forwarder = null;
    if (frames > 0) console.error(`${frames} frames were forwarded unlooked at`);
  }
}
