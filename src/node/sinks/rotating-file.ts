/**
 * Line files by time: at the start of each interval of the clock the lines go into a new file, whose name is made from a
 * pattern and the time, as in Suricata. Without a pattern in the name the file is opened anew, for others to move.
 */
import fs from "node:fs";
import path from "node:path";
import { LineFile } from "./line-file.ts";
import type { LineSink } from "./line-sink.ts";

export class RotatingFile implements LineSink {
  readonly lostLines = 0;
  private readonly folder: string;
  private readonly pattern: string;
  private readonly intervalMs: number;
  private readonly nowMs: () => number;
  private file: LineFile;
  private nextMs: number;

  /** @param intervalSeconds 0: only when asked to reopen. Throws SinkError. */
  constructor(
    folder: string,
    pattern: string,
    intervalSeconds: number,
    mode: "w" | "a" = "a",
    nowMs: () => number = Date.now,
  ) {
    this.folder = folder;
    this.pattern = pattern;
    this.intervalMs = intervalSeconds * 1000;
    this.nowMs = nowMs;
    this.file = this.open(mode);
    this.nextMs = this.nextTurn();
  }

  get path(): string {
    return this.file.path;
  }

  get queuedLines(): number {
    return this.file.queuedLines;
  }

  write(line: string): void {
    if (this.intervalMs > 0 && this.nowMs() >= this.nextMs) this.turn();
    this.file.write(line);
  }

  /** Also the time to begin a new file when no line comes. */
  flush(): void {
    if (this.intervalMs > 0 && this.nowMs() >= this.nextMs) this.turn();
    this.file.flush();
  }

  reopen(): void {
    if (this.currentName() === this.file.path) this.file.reopen();
    else this.turn();
  }

  close(): void {
    this.file.close();
  }

  private turn(): void {
    this.nextMs = this.nextTurn();
    const name = this.currentName();
    if (name === this.file.path) {
      this.file.reopen();
      return;
    }
    this.file.close();
    this.file = this.open("a");
  }

  private open(mode: "w" | "a"): LineFile {
    const name = this.currentName();
    if (this.pattern.includes("/")) fs.mkdirSync(path.dirname(name), { recursive: true });
    return new LineFile(name, mode);
  }

  private currentName(): string {
    return path.resolve(this.folder, timedName(this.pattern, this.nowMs()));
  }

  private nextTurn(): number {
    const { intervalMs } = this;
    return intervalMs === 0 ? 0 : (Math.floor(this.nowMs() / intervalMs) + 1) * intervalMs;
  }
}

/** The pattern with %Y %m %d %H %M %S %s replaced, in UTC; %% is a percent sign. */
export function timedName(pattern: string, atMs: number): string {
  const text = new Date(atMs).toISOString();
  const parts: Readonly<Record<string, string>> = {
    Y: text.slice(0, 4),
    m: text.slice(5, 7),
    d: text.slice(8, 10),
    H: text.slice(11, 13),
    M: text.slice(14, 16),
    S: text.slice(17, 19),
    s: String(Math.floor(atMs / 1000)),
    "%": "%",
  };
  return pattern.replace(/%([YmdHMSs%])/g, (_, letter: string) => parts[letter] ?? "");
}

/** `minute`, `hour`, `day`, or a count with s, m, h, d (`30s`, `15m`); null when it is none of these. */
export function parseInterval(text: string): number | null {
  const words: Readonly<Record<string, number>> = { minute: 60, hour: 3600, day: 86_400 };
  const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, "": 1 };
  const found = /^(\d{1,6})([smhd]?)$/.exec(text.trim());
  if (found === null) return words[text.trim()] ?? null;
  const seconds = Number(found[1]) * (units[found[2] ?? ""] ?? 1);
  return seconds > 0 ? seconds : null;
}
