/** How settings are written: sizes with units, yes and no, numbers, lists. Every reader names the key when it cannot. */
import { badSetting } from "./places.ts";
import type { ConfigTree, ConfigValue } from "./tree.ts";

const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  kb: 1024,
  kib: 1024,
  mb: 1024 ** 2,
  mib: 1024 ** 2,
  gb: 1024 ** 3,
  gib: 1024 ** 3,
};

const TRUE_WORDS = new Set(["yes", "true", "on", "1"]);
const FALSE_WORDS = new Set(["no", "false", "off", "0"]);

/** A size as `64 MiB`, `256kb`, `1024`: bytes. Null when the text is none. */
export function parseBytes(text: string): number | null {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(text);
  const unit = match === null ? undefined : UNITS[match[2]!.toLowerCase()];
  return match === null || unit === undefined ? null : Math.floor(Number(match[1]) * unit);
}

/** Yes or no in any of YAML 1.1's words; null when it is neither. */
export function parseSwitch(value: ConfigValue): boolean | null {
  if (typeof value === "boolean") return value;
  const word = String(value).toLowerCase();
  if (TRUE_WORDS.has(word)) return true;
  return FALSE_WORDS.has(word) ? false : null;
}

function bad(tree: ConfigTree, key: string, value: ConfigValue, expected: string): Error {
  return badSetting(tree.placeOf(key), key, value, expected);
}

export function readText(tree: ConfigTree, key: string): string | null {
  const value = tree.value(key);
  if (value === undefined || value === null) return null;
  if (typeof value === "object") throw bad(tree, key, value, "a single value");
  return String(value);
}

export function readBytes(tree: ConfigTree, key: string, fallback: number): number {
  const text = readText(tree, key);
  if (text === null) return fallback;
  const bytes = parseBytes(text);
  if (bytes === null) {
    throw bad(tree, key, text, "a size such as 64 MiB");
  }
  return bytes;
}

export function readNumber(tree: ConfigTree, key: string, fallback: number): number {
  const text = readText(tree, key);
  if (text === null) return fallback;
  const value = Number(text);
  if (!Number.isFinite(value)) throw bad(tree, key, text, "a number");
  return value;
}

export function readSwitch(tree: ConfigTree, key: string, fallback: boolean): boolean {
  const text = readText(tree, key);
  if (text === null) return fallback;
  const value = parseSwitch(text);
  if (value === null) throw bad(tree, key, text, "yes or no");
  return value;
}

/** One of a few words. */
export function readWord<Word extends string>(
  tree: ConfigTree,
  key: string,
  words: readonly Word[],
  fallback: Word,
): Word {
  const text = readText(tree, key);
  if (text === null) return fallback;
  const word = words.find((known) => known === text.toLowerCase());
  if (word === undefined) {
    throw bad(tree, key, text, `one of ${words.join(", ")}`);
  }
  return word;
}

/** A list of texts; a single value is a list of one; absent is an empty list. */
export function readList(tree: ConfigTree, key: string): string[] {
  const value = tree.value(key);
  if (value === undefined || value === null) return [];
  const list = Array.isArray(value) ? value : [value];
  return list.filter((item) => item !== null).map(String);
}

/** Names and texts below a key. */
export function readEntries(tree: ConfigTree, key: string): [string, string][] {
  const value = tree.value(key);
  if (value === undefined || value === null || typeof value !== "object" || Array.isArray(value)) {
    return [];
  }
  tree.know(key);
  return Object.entries(value).map(([name, item]) => [name, item === null ? "" : String(item)]);
}
