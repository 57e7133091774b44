/**
 * Lines to the machine's syslog, RFC 3164 with a local header: straight to /dev/log where the native addon is, else
 * through the program `logger`.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { SinkError } from "../errors.ts";
import { hasDatagrams, UnixDatagrams } from "./datagrams.ts";
import type { LineSink } from "./line-sink.ts";

const LOG_SOCKET = "/dev/log";
const LINE_CHARACTERS_MAX = 65_536;
const QUEUE_LINES_MAX = 10_000;

const FACILITIES: Readonly<Record<string, number>> = {
  kern: 0,
  user: 1,
  mail: 2,
  daemon: 3,
  auth: 4,
  syslog: 5,
  lpr: 6,
  news: 7,
  uucp: 8,
  cron: 9,
  authpriv: 10,
  ftp: 11,
  local0: 16,
  local1: 17,
  local2: 18,
  local3: 19,
  local4: 20,
  local5: 21,
  local6: 22,
  local7: 23,
};

const LEVELS: Readonly<Record<string, number>> = {
  emergency: 0,
  emerg: 0,
  alert: 1,
  critical: 2,
  crit: 2,
  error: 3,
  err: 3,
  warning: 4,
  notice: 5,
  info: 6,
  debug: 7,
};

export interface SyslogOptions {
  readonly identity: string;
  readonly facility: string;
  readonly level: string;
}

/** The number that a message begins with; null for words that are none. */
export function syslogPriority(facility: string, level: string): number | null {
  const high = FACILITIES[facility.toLowerCase()];
  const low = LEVELS[level.toLowerCase()];
  return high === undefined || low === undefined ? null : high * 8 + low;
}

/** Throws SinkError when a word is unknown. */
export function openSyslog(options: SyslogOptions, report: (line: string) => void): LineSink {
  const { identity, facility, level } = options;
  const priority = syslogPriority(facility, level);
  if (priority === null) throw new SinkError(`syslog knows no "${facility}.${level}"`);
  if (!hasDatagrams()) return new Logger(options, report);
  const head = `<${priority}>${identity}[${process.pid}]: `;
  return new UnixDatagrams(LOG_SOCKET, (line) => head + line);
}

/** The program `logger`, which is everywhere where syslog is. */
class Logger implements LineSink {
  lostLines = 0;
  private readonly options: SyslogOptions;
  private readonly report: (line: string) => void;
  private lines: string[] = [];
  private child: ChildProcess | null = null;
  private isFailed = false;

  constructor(options: SyslogOptions, report: (line: string) => void) {
    this.options = options;
    this.report = report;
    this.start();
  }

  get queuedLines(): number {
    return this.lines.length;
  }

  write(line: string): void {
    const isBlocked = this.child?.stdin?.writableNeedDrain === true;
    const isFull = this.lines.length >= QUEUE_LINES_MAX;
    if (this.isFailed || (isFull && isBlocked)) this.lostLines++;
    else this.lines.push(line);
  }

  flush(): void {
    const stdin = this.child?.stdin;
    if (this.lines.length === 0 || !stdin || stdin.writableNeedDrain) return;
    stdin.write(`${this.lines.join("\n")}\n`);
    this.lines = [];
  }

  reopen(): void {
    if (this.child === null) this.start();
  }

  close(): void {
    this.flush();
    this.child?.stdin?.end();
  }

  private start(): void {
    const { identity, facility, level } = this.options;
    const size = String(LINE_CHARACTERS_MAX);
    const words = ["--tag", identity, "--priority", `${facility}.${level}`, "--size", size];
    const child = spawn("logger", words, { stdio: ["pipe", "ignore", "ignore"] });
    this.child = child;
    this.isFailed = false;
    child.stdin.on("error", () => {});
    child.on("error", (error) => this.fail(error.message));
    child.on("exit", (code) => {
      if (code !== 0) this.fail(`logger ended with ${code}`);
    });
  }

  private fail(reason: string): void {
    if (!this.isFailed) this.report(`nothing goes to syslog: ${reason}`);
    this.isFailed = true;
    this.child = null;
    this.lostLines += this.lines.length;
    this.lines = [];
  }
}
