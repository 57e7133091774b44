/**
 * Files that rules name: read beside the rule or in the data directory, and datasets written back there. A set is
 * written to a file beside the old one and moved over it, so that a crash leaves one of the two whole.
 */
import fs from "node:fs";
import path from "node:path";
import type { SerialisedDataset } from "../../core/detect/datasets.ts";
import type { FilePlace } from "../../core/detect/rule-builder.ts";
import { FileError } from "../errors.ts";

export interface DataFolders {
  /** Where the engine may write. */
  readonly data: string;
  /** `default-rule-path`: where files are looked for that are not beside the rule; null without. */
  readonly rules: string | null;
}

export class DataFiles {
  private readonly folders: DataFolders;

  constructor(folders: DataFolders) {
    this.folders = folders;
  }

  /** The bytes of the first place that has the file; null when none has, or when it cannot be read. */
  read(name: string, place: FilePlace = { kind: "data" }): Uint8Array | null {
    for (const file of this.candidates(name, place)) {
      const bytes = readIfFile(file);
      if (bytes !== null) return bytes;
    }
    return null;
  }

  /** Writes every set to its file. Throws FileError for the first one that cannot be written. */
  save(sets: Iterable<SerialisedDataset>): number {
    let count = 0;
    for (const { path: name, text } of sets) {
      writeWhole(path.resolve(this.folders.data, name), text);
      count++;
    }
    return count;
  }

  private candidates(name: string, place: FilePlace): readonly string[] {
    if (path.isAbsolute(name)) return [name];
    const { data, rules } = this.folders;
    if (place.kind === "data") return [path.resolve(data, name)];
    const places = [path.dirname(place.ruleFile), ...(rules === null ? [] : [rules]), "."];
    return places.map((folder) => path.resolve(folder, name));
  }
}

function readIfFile(file: string): Uint8Array | null {
  try {
    return new Uint8Array(fs.readFileSync(file));
  } catch {
    return null; // Not there or not readable: the caller's diagnostic names the file.
  }
}

/** Latin-1 text, one character a byte. */
function writeWhole(file: string, text: string): void {
  const next = `${file}.${process.pid}.new`;
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(next, text, "latin1");
    fs.renameSync(next, file);
  } catch (cause) {
    if (fs.existsSync(next)) fs.rmSync(next);
    throw new FileError(`cannot save the dataset "${file}"`, { cause });
  }
}
