/** Models as files. They are written whole to a name beside, then renamed, so that a reader never finds half of one. */
import fs from "node:fs";
import type { LearnedModel } from "../../core/anomaly/metrics/model.ts";
import { decodeModel, encodeModel } from "../../core/anomaly/metrics/model-file.ts";
import { ConfigError } from "../config/config-error.ts";
import { FileError } from "../errors.ts";
import { readZone } from "../site/zone-table.ts";

/** Throws FileError when the file cannot be read, ConfigError when it is no model. */
export function readModel(file: string): LearnedModel {
  let bytes: Uint8Array;
  try {
    bytes = fs.readFileSync(file);
  } catch (cause) {
    throw new FileError(`cannot read the model "${file}"`, { cause });
  }
  const model = decodeModel(bytes, readZone);
  if (typeof model === "string") throw new ConfigError(`"${file}" is ${model}`);
  return model;
}

/** Throws FileError. */
export function writeModel(file: string, model: LearnedModel): void {
  const partial = `${file}.part`;
  try {
    fs.writeFileSync(partial, encodeModel(model));
    fs.renameSync(partial, file);
  } catch (cause) {
    throw new FileError(`cannot write the model "${file}"`, { cause });
  }
}

export type InputKind = "model" | "eve" | "capture";

/** What a file is by its first bytes. Throws FileError. */
export function inputKind(file: string): InputKind {
  let handle: number | null = null;
  const head = Buffer.alloc(8);
  try {
    handle = fs.openSync(file, "r");
    fs.readSync(handle, head);
  } catch (cause) {
    throw new FileError(`cannot read "${file}"`, { cause });
  } finally {
    if (handle !== null) fs.closeSync(handle);
  }
  const text = head.toString("latin1");
  if (text.startsWith("SHRIKEM")) return "model";
  return text.trimStart().startsWith("{") ? "eve" : "capture";
}
