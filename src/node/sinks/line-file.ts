/**
 * A file of lines (EVE, alert log): lines are gathered into batches and written with one synchronous call,
 * which is four times cheaper than a call a line. The file always exists once opened, even when empty, and
 * holds whole lines only: a batch that could not be written whole is cut back to its last whole line.
 */
import fs from "node:fs";
import { SinkError } from "../errors.ts";
import type { LineSink } from "./line-sink.ts";

/** Characters gathered before a write. */
const BATCH_CHARACTERS = 256 * 1024;

export class LineFile implements LineSink {
  readonly lostLines = 0;
  readonly path: string;
  private descriptor: number;
  private lines: string[] = [];
  private characters = 0;
  private failed = false;
  /** Lines handed over so far. */
  count = 0;

  /**
   * Truncates or creates the file, or adds to it: then a torn last line, left by a process that was killed as it
   * wrote, is cut off first. Throws SinkError when that cannot be done.
   */
  constructor(path: string, mode: "w" | "a" = "w") {
    this.path = path;
    try {
      if (mode === "a") cutTornLine(path);
      this.descriptor = fs.openSync(path, mode);
    } catch (cause) {
      throw new SinkError(`cannot write "${path}"`, { cause });
    }
  }

  /** Adds one line, given without its line end. */
  write(line: string): void {
    this.lines.push(line);
    this.characters += line.length;
    this.count++;
    if (this.characters >= BATCH_CHARACTERS) this.flush();
  }

  /** Writes what is gathered. Throws SinkError (disk full ...); whole lines written before stay. */
  flush(): void {
    if (this.lines.length === 0 || this.failed) return;
    const bytes = Buffer.from(`${this.lines.join("\n")}\n`, "utf8");
    this.lines = [];
    this.characters = 0;
    let written = 0;
    try {
      while (written < bytes.length) {
        written += fs.writeSync(this.descriptor, bytes, written, bytes.length - written);
      }
    } catch (cause) {
      this.failed = true;
      this.cutToWholeLine(bytes, written);
      throw new SinkError(`cannot write to "${this.path}"`, { cause });
    }
  }

  /** Lines gathered; writing itself never waits. */
  get queuedLines(): number {
    return this.lines.length;
  }

  /** Opens the file of that name anew and adds to it: the one that was open may have been moved away. Throws SinkError. */
  reopen(): void {
    this.flush();
    let next: number;
    try {
      next = fs.openSync(this.path, "a");
    } catch (cause) {
      throw new SinkError(`cannot write "${this.path}"`, { cause });
    }
    fs.closeSync(this.descriptor);
    this.descriptor = next;
  }

  close(): void {
    try {
      this.flush();
    } finally {
      fs.closeSync(this.descriptor);
    }
  }

  /** Best effort: a file that cannot be truncated (a pipe) keeps the torn line. */
  private cutToWholeLine(bytes: Buffer, written: number): void {
    const torn = written - (bytes.lastIndexOf(10, written - 1) + 1);
    if (written === 0 || torn === 0) return;
    try {
      fs.ftruncateSync(this.descriptor, fs.fstatSync(this.descriptor).size - torn);
    } catch {
      // Not a regular file.
    }
  }
}

/** Bytes read at a time, from the end, in search of the last line end. */
const TAIL_BYTES = 64 * 1024;

/** Cuts a regular file back to its last line end. */
function cutTornLine(path: string): void {
  if (!fs.existsSync(path) || !fs.statSync(path).isFile()) return;
  const descriptor = fs.openSync(path, "r+");
  try {
    const size = fs.fstatSync(descriptor).size;
    const tail = Buffer.alloc(TAIL_BYTES);
    let end = size;
    for (let whole = 0; end > 0 && whole === 0; ) {
      const start = Math.max(0, end - TAIL_BYTES);
      const read = fs.readSync(descriptor, tail, 0, end - start, start);
      whole = tail.lastIndexOf(10, read - 1) + 1;
      end = start + (read === 0 ? 0 : whole);
    }
    if (end < size) fs.ftruncateSync(descriptor, end);
  } finally {
    fs.closeSync(descriptor);
  }
}
