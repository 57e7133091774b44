/**
 * A configuration as a tree of plain values, as suricata.yaml writes it (YAML 1.1), with `include` files merged
 * and `--set key.path=value` applied. Remembers which keys were read, so that the rest can be named once.
 */
import fs from "node:fs";
import path from "node:path";
import { parseDocument } from "yaml";
import { ConfigError } from "./config-error.ts";

export type ConfigValue = string | number | boolean | null | ConfigValue[] | ConfigMap;
export interface ConfigMap {
  [key: string]: ConfigValue;
}

/** Include files may include others, this deep. */
const INCLUDE_DEPTH_MAX = 8;

export class ConfigTree {
  readonly root: ConfigMap;
  /** Folder that relative paths of the file are resolved against. */
  readonly folder: string;
  private readonly read = new Set<string>();

  constructor(root: ConfigMap, folder: string) {
    this.root = root;
    this.folder = folder;
  }

  /** The value at a dotted path; list items by number. Undefined when absent. */
  value(keyPath: string): ConfigValue | undefined {
    this.read.add(keyPath);
    let value: ConfigValue | undefined = this.root;
    for (const key of keyPath.split(".")) value = child(value, key);
    return value;
  }

  /** Marks a key and everything below it as known. */
  know(keyPath: string): void {
    this.read.add(`${keyPath}.*`);
  }

  /** Dotted paths of the leaves that nobody asked for, list items as `[]`, each once, sorted. */
  unknownKeys(): string[] {
    const unknown = new Set<string>();
    this.collectUnknown(this.root, "", unknown);
    return [...unknown].sort();
  }

  private collectUnknown(value: ConfigValue, keyPath: string, unknown: Set<string>): void {
    if (keyPath !== "" && this.isKnown(keyPath)) return;
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) {
        this.collectUnknown(item, `${keyPath}.${index}`, unknown);
      }
    } else if (value !== null && typeof value === "object" && Object.keys(value).length > 0) {
      for (const [key, item] of Object.entries(value)) {
        this.collectUnknown(item, keyPath === "" ? key : `${keyPath}.${key}`, unknown);
      }
    } else {
      unknown.add(keyPath.replace(/\.\d+(?=\.|$)/g, "[]"));
    }
  }

  private isKnown(keyPath: string): boolean {
    if (this.read.has(keyPath)) return !this.hasReadBelow(keyPath);
    const parts = keyPath.split(".");
    for (let length = parts.length; length > 0; length--) {
      if (this.read.has(`${parts.slice(0, length).join(".")}.*`)) return true;
    }
    return false;
  }

  private hasReadBelow(keyPath: string): boolean {
    const value = this.valueQuietly(keyPath);
    return value !== null && typeof value === "object" && Object.keys(value).length > 0;
  }

  private valueQuietly(keyPath: string): ConfigValue | undefined {
    let value: ConfigValue | undefined = this.root;
    for (const key of keyPath.split(".")) value = child(value, key);
    return value;
  }
}

function child(value: ConfigValue | undefined, key: string): ConfigValue | undefined {
  if (Array.isArray(value)) return /^\d+$/.test(key) ? value[Number(key)] : undefined;
  if (value === null || value === undefined || typeof value !== "object") return undefined;
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

/** Reads a file and its includes. Throws ConfigError with file, line and column. */
export function readConfigFile(file: string): ConfigTree {
  const root = readMap(file, 0);
  return new ConfigTree(root, path.dirname(path.resolve(file)));
}

function readMap(file: string, depth: number): ConfigMap {
  if (depth > INCLUDE_DEPTH_MAX) throw new ConfigError(`"${file}" is included too deeply`);
  const root = parseYaml(file, readText(file));
  const includes = root["include"];
  if (includes === undefined) return root;
  delete root["include"];
  const names = Array.isArray(includes) ? includes : [includes];
  const merged: ConfigMap = {};
  for (const name of names) {
    const included = path.resolve(path.dirname(file), String(name));
    Object.assign(merged, readMap(included, depth + 1));
  }
  return Object.assign(merged, root);
}

function readText(file: string): string {
  try {
    return fs.readFileSync(file, "utf8");
  } catch (cause) {
    throw new ConfigError(`cannot read the configuration "${file}"`, { cause });
  }
}

function parseYaml(file: string, text: string): ConfigMap {
  const document = parseDocument(text, { version: "1.1", uniqueKeys: false, merge: true });
  const problem = document.errors[0];
  if (problem !== undefined) {
    const place = problem.linePos?.[0];
    const where = place === undefined ? file : `${file}:${place.line}:${place.col}`;
    throw new ConfigError(`${where}: ${firstLine(problem.message)}`, { cause: problem });
  }
  const root: unknown = document.toJS();
  if (root === null || root === undefined) return {};
  if (typeof root !== "object" || Array.isArray(root)) {
    throw new ConfigError(`"${file}" must hold keys and values at its top`);
  }
  return root as ConfigMap; // checked above; YAML yields plain values only
}

function firstLine(text: string): string {
  return text.split("\n")[0] ?? text;
}

/** Applies one `key.path=value` of the command line; missing parts are created. */
export function setConfigValue(root: ConfigMap, assignment: string): void {
  const at = assignment.indexOf("=");
  if (at <= 0) throw new ConfigError(`"--set ${assignment}" must have the form key.path=value`);
  const keys = assignment.slice(0, at).trim().split(".");
  const text = assignment.slice(at + 1).trim();
  let node: ConfigValue = root;
  for (let i = 0; i < keys.length - 1; i++) node = descend(node, keys[i]!, keys[i + 1]!);
  assign(node, keys[keys.length - 1]!, text);
}

function descend(node: ConfigValue, key: string, nextKey: string): ConfigValue {
  const known = child(node, key);
  if (known !== undefined && known !== null && typeof known === "object") return known;
  const created: ConfigValue = /^\d+$/.test(nextKey) ? [] : {};
  // A list entry that is a bare name (`- alert`) becomes a map with that name when a key below it is set.
  if (typeof known === "string" && known === nextKey) assign(created, nextKey, {});
  assign(node, key, created);
  return created;
}

function assign(node: ConfigValue, key: string, value: ConfigValue): void {
  if (Array.isArray(node)) {
    node[Number(key)] = value;
    for (let i = 0; i < node.length; i++) node[i] ??= null;
  } else if (node !== null && typeof node === "object") {
    node[key] = value;
  }
}
