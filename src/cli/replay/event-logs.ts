/** The files that a replay writes events to, and the reporters that fill them. */
import path from "node:path";
import { CertificateReporter } from "../../core/engine/certificate-files.ts";
import type { Reporter } from "../../core/engine/engine-options.ts";
import type { EveOptions } from "../../core/engine/eve-options.ts";
import type { EveReporter } from "../../core/engine/eve-reporter.ts";
import { CertificateFolder } from "../../node/sinks/certificate-folder.ts";
import { LineFile } from "../../node/sinks/line-file.ts";
import type { LineSink } from "../../node/sinks/line-sink.ts";
import { openSink } from "../../node/sinks/open-sink.ts";
import type { Configured } from "../rule-session.ts";

/** Makes the reporter of one EVE log. */
export type EveFactory = (options: EveOptions, file: LineWriter) => EveReporter;

/** Takes the lines of one log. */
export interface LineWriter {
  write(line: string): void;
}

export class EventLogs {
  readonly eve: readonly EveReporter[];
  /** One line an alert, for `fast`; null when it is off. */
  readonly alertLines: LineFile | null;
  private readonly files: readonly LineSink[];
  private readonly certificates: Reporter | null;

  private constructor(
    eve: readonly EveReporter[],
    alertLines: LineFile | null,
    files: readonly LineSink[],
    certificates: Reporter | null = null,
  ) {
    this.eve = eve;
    this.alertLines = alertLines;
    this.files = files;
    this.certificates = certificates;
  }

  /** No files at all: alerts go to the terminal. */
  static none(): EventLogs {
    return new EventLogs([], null, []);
  }

  /**
   * The logs of the configuration in a folder; eve.json is always there. Replays write files whatever the
   * configuration says (`w`), live engines go on with theirs (`a`) and use sockets and syslog. Throws SinkError.
   */
  static inFolder(
    folder: string,
    outputs: Configured["outputs"],
    createEve: EveFactory,
    mode: "w" | "a" = "w",
  ): EventLogs {
    const files = new Map<string, LineSink>();
    const report = (line: string): void => console.error(`warning: ${line}`);
    const open = (name: string): LineFile => {
      const file = new LineFile(path.resolve(folder, name), mode);
      files.set(name, file);
      return file;
    };
    const eve: EveReporter[] = [];
    for (const { filename, sink, prefix, options } of outputs.eveLogs) {
      const name = sink.kind === "syslog" ? "syslog" : filename;
      if (files.has(name)) continue;
      if (mode === "w") eve.push(createEve(options, open(filename)));
      else {
        const opened = openSink(sink, folder, mode, report);
        files.set(name, opened);
        eve.push(createEve(options, prefixed(opened, prefix)));
      }
    }
    if (!files.has("eve.json")) open("eve.json");
    const alertLines = outputs.fastLog === null ? null : open(outputs.fastLog);
    const { certificateFolder = null } = outputs;
    const certificates =
      certificateFolder === null
        ? null
        : new CertificateReporter(new CertificateFolder(path.resolve(folder, certificateFolder)));
    return new EventLogs(eve, alertLines, [...files.values()], certificates);
  }

  /** The first EVE log of the configuration in one file. Throws SinkError. */
  static inFile(name: string, outputs: Configured["outputs"], createEve: EveFactory): EventLogs {
    const file = new LineFile(name);
    const eve = outputs.eveLogs.slice(0, 1).map(({ options }) => createEve(options, file));
    return new EventLogs(eve, null, [file]);
  }

  get reporters(): readonly Reporter[] {
    return this.certificates === null ? this.eve : [...this.eve, this.certificates];
  }

  /** The capture that the next events are of. */
  setCapture(name: string): void {
    for (const reporter of this.eve) reporter.context.captureName = name;
  }

  /** The interfaces that the events are of, by their place in the list given. */
  setInterfaces(names: readonly string[]): void {
    for (const reporter of this.eve) reporter.context.interfaceNames = names;
  }

  /** Lines that wait for sinks that are slow. */
  get queuedLines(): number {
    return this.files.reduce((sum, { queuedLines }) => sum + queuedLines, 0);
  }

  /** Files that are open. */
  get paths(): readonly string[] {
    return this.files.flatMap((file) => ("path" in file ? [String(file.path)] : []));
  }

  /** Lines given up: readers that are gone or too slow. */
  get lostLines(): number {
    return this.files.reduce((sum, { lostLines }) => sum + lostLines, 0);
  }

  /** Opens the files anew: they were moved away. Throws SinkError. */
  reopen(): void {
    for (const file of this.files) file.reopen();
  }

  /** Writes what is gathered. Throws SinkError. */
  flush(): void {
    for (const file of this.files) file.flush();
  }

  /** Writes what is gathered and closes all files, also when one of them fails. Throws SinkError. */
  close(): void {
    let failure: unknown = null;
    for (const file of this.files) {
      try {
        file.close();
      } catch (error) {
        failure ??= error;
      }
    }
    if (failure !== null) throw failure;
  }
}

function prefixed(sink: LineSink, prefix: string): LineWriter {
  return prefix === "" ? sink : { write: (line) => sink.write(prefix + line) };
}
