/** Folders that logs, captures and files are written to. */
import fs from "node:fs";
import path from "node:path";
import { SinkError } from "./errors.ts";

/** Makes the folder and those it lies in, where they are not there. Throws SinkError. @returns its name as given. */
export function makeFolder(folder: string): string {
  try {
    makeWithParents(path.resolve(folder));
  } catch (cause) {
    throw new SinkError(`cannot make the folder "${folder}"`, { cause });
  }
  return folder;
}

/** Step by step: what Node offers for it never returns where a file system refuses new folders, as /proc does. */
function makeWithParents(folder: string): void {
  if (fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return;
  const parent = path.dirname(folder);
  if (parent !== folder) makeWithParents(parent);
  try {
    fs.mkdirSync(folder);
  } catch (error) {
    // Another process may have been faster.
    if (fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) throw error;
  }
}
