/**
 * A configuration as a tree of plain values, as suricata.yaml writes it (YAML 1.1), with `include` files merged
 * and `--set key.path=value` applied. Remembers which keys were read, so that the rest can be named once.
 */
import path from "node:path";
import { suggest } from "../../core/rule/suggest.ts";
import { ConfigError } from "./config-error.ts";
import { type Place, placeOf, placePrefix, rememberPlace } from "./places.ts";
import { readYaml } from "./read-yaml.ts";

export type ConfigValue = string | number | boolean | null | ConfigValue[] | ConfigMap;
export interface ConfigMap {
  [key: string]: ConfigValue;
}

export interface UnusedSetting {
  readonly key: string;
  /** `file:line:column: `, or "". */
  readonly place: string;
  /** A setting that there is, spelt alike. */
  readonly nearest?: string;
}

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

  /** Where the value stands; undefined when that is not known. */
  placeOf(keyPath: string): Place | undefined {
    const at = keyPath.lastIndexOf(".");
    const parent = at < 0 ? this.root : this.valueQuietly(keyPath.slice(0, at));
    const isHolder = parent !== null && typeof parent === "object";
    return isHolder ? placeOf(parent, keyPath.slice(at + 1)) : undefined;
  }

  /**
   * Settings that nobody asked for, each once, sorted. A map that nobody looked into is one of them, not each of its
   * keys; list items are written `[]`.
   */
  unusedSettings(): readonly UnusedSetting[] {
    const unused = new Map<string, UnusedSetting>();
    this.collectUnused(this.root, "", unused);
    return [...unused.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  private collectUnused(
    value: ConfigValue,
    keyPath: string,
    unused: Map<string, UnusedSetting>,
  ): void {
    if (keyPath !== "" && this.isKnown(keyPath)) return;
    const isHolder = value !== null && typeof value === "object" && Object.keys(value).length > 0;
    const isItem = /\.\d+$/.test(keyPath);
    if (isHolder && (keyPath === "" || isItem || this.isLookedInto(keyPath))) {
      for (const [key, item] of Object.entries(value)) {
        this.collectUnused(item, keyPath === "" ? key : `${keyPath}.${key}`, unused);
      }
      return;
    }
    const key = keyPath.replace(/\.\d+(?=\.|$)/g, "[]");
    if (unused.has(key)) return;
    const nearest = this.nearestKey(keyPath);
    const setting = { key, place: placePrefix(this.placeOf(keyPath)) };
    unused.set(key, nearest === undefined ? setting : { ...setting, nearest });
  }

  /** Whether it, or something it is a part of, was read or is known. */
  private isKnown(keyPath: string): boolean {
    if (this.read.has(keyPath)) return !this.isLookedInto(keyPath);
    const parts = keyPath.split(".");
    for (let length = parts.length; length > 0; length--) {
      if (this.read.has(`${parts.slice(0, length).join(".")}.*`)) return true;
    }
    return false;
  }

  private isLookedInto(keyPath: string): boolean {
    const start = `${keyPath}.`;
    for (const known of this.read)
      if (known.startsWith(start) && known !== `${start}*`) return true;
    return false;
  }

  /** A key beside it that was asked for and is spelt alike. */
  private nearestKey(keyPath: string): string | undefined {
    const at = keyPath.lastIndexOf(".");
    const start = keyPath.slice(0, at + 1);
    const siblings = new Set<string>();
    for (const known of this.read) {
      const name = known.startsWith(start) ? known.slice(start.length).split(".")[0] : "";
      if (name !== undefined && name !== "*" && !/^\d*$/.test(name)) siblings.add(name);
    }
    const near = suggest(keyPath.slice(at + 1), siblings);
    return near === undefined ? undefined : `${start}${near}`;
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
  return new ConfigTree(readYaml(file), path.dirname(path.resolve(file)));
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
  if (node !== null && typeof node === "object") {
    rememberPlace(node, key, { file: "--set", line: 0, column: 0 });
  }
  if (Array.isArray(node)) {
    node[Number(key)] = value;
    for (let i = 0; i < node.length; i++) node[i] ??= null;
  } else if (node !== null && typeof node === "object") {
    node[key] = value;
  }
}
