/**
 * YAML files (version 1.1, as Suricata writes them) to plain values with their places. `include` keys, at the top or
 * below any key, and values tagged `!include` are replaced by what the named files hold; names are relative to the
 * file that includes. Of a key given twice the later one holds.
 */
import fs from "node:fs";
import path from "node:path";
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import { FileError } from "../errors.ts";
import { ConfigError } from "./config-error.ts";
import { type Place, placeOf, placePrefix, rememberPlace } from "./places.ts";
import type { ConfigMap, ConfigValue } from "./tree.ts";

/** Include files may include others, this deep. */
const INCLUDE_DEPTH_MAX = 8;

/** Throws ConfigError with file, line and column; FileError for a file that cannot be read. */
export function readYaml(file: string): ConfigMap {
  return new YamlReader(file, 0, undefined).read();
}

class YamlReader {
  private readonly file: string;
  private readonly depth: number;
  private readonly lines = new LineCounter();
  private readonly document: Document;

  constructor(file: string, depth: number, includedAt: Place | undefined) {
    this.file = file;
    this.depth = depth;
    if (depth > INCLUDE_DEPTH_MAX) {
      throw new ConfigError(`${placePrefix(includedAt)}"${file}" is included too deeply`);
    }
    const document = parseDocument(readText(file, includedAt), {
      version: "1.1",
      uniqueKeys: false,
      merge: true,
      lineCounter: this.lines,
      logLevel: "error",
    });
    const problem = document.errors[0];
    if (problem !== undefined) {
      const where = placePrefix(this.placeAt(problem.pos[0]));
      throw new ConfigError(`${where}${firstLine(problem.message)}`, { cause: problem });
    }
    this.document = document as Document;
  }

  read(): ConfigMap {
    const root: unknown = this.document.toJS();
    if (root === null || root === undefined) return {};
    if (typeof root !== "object" || Array.isArray(root)) {
      throw new ConfigError(`"${this.file}" must hold keys and values at its top`);
    }
    const map = root as ConfigMap; // checked above; YAML yields plain values only
    this.visit(this.document.contents, map);
    return includeMaps(map, (name, place) => this.include(name, place));
  }

  /** Notes places, and puts in the values of `!include`. */
  private visit(node: unknown, value: ConfigValue | undefined): void {
    if (value === null || typeof value !== "object") return;
    if (isAlias(node)) this.visit(node.resolve(this.document), value);
    else if (isMap(node)) {
      for (const { key, value: item } of node.items) {
        const name = isScalar(key) ? String(key.value) : String(key);
        if (Object.hasOwn(value, name)) this.note(value, name, item ?? key);
      }
    } else if (isSeq(node)) {
      for (const [index, item] of node.items.entries()) this.note(value, String(index), item);
    }
  }

  private note(parent: ConfigValue[] | ConfigMap, key: string, node: unknown): void {
    const holder = parent as ConfigMap; // lists are indexed by number texts
    const start = (node as { range?: readonly number[] | null }).range?.[0]; // all nodes have one
    const place = start === undefined ? undefined : this.placeAt(start);
    if (place !== undefined) rememberPlace(parent, key, place);
    if (isScalar(node) && node.tag === "!include") {
      holder[key] = this.include(String(node.value), place);
    } else this.visit(node, holder[key]);
  }

  private include(name: string, place: Place | undefined): ConfigMap {
    const file = path.isAbsolute(name) ? name : path.join(path.dirname(this.file), name);
    return new YamlReader(file, this.depth + 1, place).read();
  }

  private placeAt(offset: number): Place {
    const { line, col } = this.lines.linePos(offset);
    return { file: this.file, line, column: col };
  }
}

type Include = (name: string, place: Place | undefined) => ConfigMap;

/** The map with what its `include` keys name, at their place in the order of keys; the same below. */
function includeMaps(map: ConfigMap, include: Include): ConfigMap {
  const merged: ConfigMap = {};
  for (const [key, value] of Object.entries(map)) {
    const place = placeOf(map, key);
    if (key === "include") {
      for (const name of Array.isArray(value) ? value : [value]) {
        takeOver(merged, include(String(name), place));
      }
      continue;
    }
    const isChild = value !== null && typeof value === "object" && !Array.isArray(value);
    merged[key] = isChild ? includeMaps(value, include) : value;
    if (place !== undefined) rememberPlace(merged, key, place);
  }
  return merged;
}

function takeOver(target: ConfigMap, from: ConfigMap): void {
  for (const [key, value] of Object.entries(from)) {
    target[key] = value;
    const place = placeOf(from, key);
    if (place !== undefined) rememberPlace(target, key, place);
  }
}

function readText(file: string, includedAt: Place | undefined): string {
  try {
    return fs.readFileSync(file, "utf8");
  } catch (cause) {
    const message = `${placePrefix(includedAt)}cannot read the configuration "${file}"`;
    throw new FileError(message, { cause });
  }
}

function firstLine(text: string): string {
  return (text.split("\n")[0] ?? text).replace(/ at line \d+, column \d+:?$/, "");
}
