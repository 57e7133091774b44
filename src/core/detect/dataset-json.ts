/**
 * Values of datasets in JSON files, each with the object that it came in, which alerts carry as context: one
 * document with an array of objects, or one object a line.
 */
import { bytesToText, textToUtf8 } from "../bytes/utf8.ts";
import { type DatasetType, parseDatasetValue } from "./dataset-values.ts";

export interface DatasetJsonForm {
  readonly format: "json" | "ndjson";
  /** Where the value is in an object, and the array in the document ("" for the document); dotted paths. */
  readonly valueKey: string;
  readonly arrayKey: string;
  /** The value is taken out of the context. */
  readonly removesKey: boolean;
  /** Where an object says until when it holds; "" for nowhere. */
  readonly expiresKey?: string;
}

export interface ContextValue {
  readonly value: Uint8Array;
  /** The object as JSON. */
  readonly context: string;
  /** Packet time in microseconds from which it holds no more; Infinity for good. */
  readonly expiresUs: number;
}

type JsonObject = Record<string, unknown>;

/** The values of a file; a text that says what is wrong with it. */
export function readJsonValues(
  text: Uint8Array,
  type: DatasetType,
  form: DatasetJsonForm,
): readonly ContextValue[] | string {
  const source = bytesToText(text, 0, text.length);
  const objects = form.format === "json" ? readDocument(source, form.arrayKey) : readLines(source);
  if (typeof objects === "string") return objects;
  const values: ContextValue[] = [];
  for (const object of objects) {
    const value = readValue(object, type, form);
    if (typeof value === "string") return value;
    if (value !== null) values.push(value);
  }
  return values;
}

function readDocument(source: string, arrayKey: string): readonly unknown[] | string {
  const document = parse(source);
  if (document === undefined) return "the file is no JSON document";
  const array = arrayKey === "" ? document : findIn(document, arrayKey);
  if (Array.isArray(array)) return array;
  return arrayKey === "" ? "the document is no array" : `there is no array "${arrayKey}"`;
}

function readLines(source: string): readonly unknown[] | string {
  const objects: unknown[] = [];
  for (const [index, line] of source.split("\n").entries()) {
    if (line.trim() === "") continue;
    const object = parse(line);
    if (!isObject(object)) return `line ${index + 1} is no JSON object`;
    objects.push(object);
  }
  return objects;
}

/** Null for an object without the value, which is passed over. */
function readValue(
  object: unknown,
  type: DatasetType,
  { valueKey, removesKey, expiresKey = "" }: DatasetJsonForm,
): ContextValue | string | null {
  const found = findIn(object, valueKey);
  if (found === undefined) return null;
  if (typeof found !== "string") return `the value of "${valueKey}" is not a string`;
  const value = type === "string" ? textToUtf8(found) : parseDatasetValue(type, found);
  if (value === null || value.length === 0) return `"${found}" is no value of type ${type}`;
  const expires = expiresKey === "" ? undefined : findIn(object, expiresKey);
  const expiresUs = expires === undefined ? Number.POSITIVE_INFINITY : microsecondsOf(expires);
  if (Number.isNaN(expiresUs)) return `the value of "${expiresKey}" is no date`;
  if (removesKey) removeFrom(object, valueKey);
  return { value, context: JSON.stringify(object), expiresUs };
}

/** A date as text; NaN for anything else. */
function microsecondsOf(date: unknown): number {
  return typeof date === "string" ? Date.parse(date) * 1000 : Number.NaN;
}

function parse(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is JsonObject {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

/** What a dotted path leads to. */
function findIn(root: unknown, path: string): unknown {
  let at = root;
  for (const key of path.split(".")) {
    if (!isObject(at) || !Object.hasOwn(at, key)) return undefined;
    at = at[key];
  }
  return at;
}

function removeFrom(root: unknown, path: string): void {
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  const parent = keys.length === 0 ? root : findIn(root, keys.join("."));
  if (isObject(parent)) delete parent[last];
}
