/** The capture files that paths name: files as they are, folders as their files sorted by name. */
import fs from "node:fs";
import path from "node:path";
import { CaptureError } from "../errors.ts";

/** Throws CaptureError for a path that cannot be read. */
export function listCaptures(
  paths: readonly string[],
  warn: (message: string) => void = (message) => console.error(`warning: ${message}`),
): string[] {
  return paths.flatMap((name) => (name === "-" ? [name] : expand(name, warn)));
}

function expand(name: string, warn: (message: string) => void): string[] {
  try {
    if (!fs.statSync(name).isDirectory()) return [name];
    const entries = fs.readdirSync(name, { withFileTypes: true });
    const files = entries.filter((entry) => !entry.isDirectory()).map((entry) => entry.name);
    if (files.length === 0) warn(`there are no files in "${name}"`);
    return files.sort().map((file) => path.join(name, file));
  } catch (cause) {
    throw new CaptureError(`cannot open capture "${name}"`, { cause });
  }
}
