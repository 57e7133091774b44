/**
 * The built command line in a process of its own, for end-to-end tests: what ships is what is tested. Sources that
 * are newer than the build are compiled first.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

const top = path.resolve(import.meta.dirname, "../..");
export const mainFile = path.join(top, "dist/cli/main.js");

export interface CommandResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Compiles when a source is newer than the build. Call it in `beforeAll`. */
export function ensureBuilt(): void {
  const isFresh = fs.existsSync(mainFile) && newest("src") <= newest("dist");
  if (isFresh) return;
  execFileSync(process.execPath, [path.join(top, "node_modules/typescript/bin/tsc"), "-b"], {
    cwd: top,
    stdio: "inherit",
  });
}

export function shrike(
  words: readonly string[],
  options: { readonly cwd?: string; readonly input?: Uint8Array } = {},
): CommandResult {
  const { status, stdout, stderr } = spawnSync(process.execPath, [mainFile, ...words], {
    cwd: options.cwd ?? top,
    input: options.input ?? "",
    env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined },
    maxBuffer: 64 * 1024 * 1024,
  });
  return { status, stdout: stdout.toString("utf8"), stderr: stderr.toString("utf8") };
}

/** The command left running, for signals and pipes. */
export function startShrike(words: readonly string[]): ChildProcess {
  return spawn(process.execPath, [mainFile, ...words], { cwd: top, stdio: "pipe" });
}

/** A fresh folder; the caller removes it. */
export function temporaryFolder(): string {
  return fs.mkdtempSync(path.join(os.tmpdir(), "shrike-test-"));
}

/** The latest change below a folder, in ms. */
function newest(folder: string): number {
  let latest = 0;
  for (const entry of fs.readdirSync(path.join(top, folder), {
    recursive: true,
    withFileTypes: true,
  })) {
    if (!entry.isFile()) continue;
    latest = Math.max(latest, fs.statSync(path.join(entry.parentPath, entry.name)).mtimeMs);
  }
  return latest;
}
