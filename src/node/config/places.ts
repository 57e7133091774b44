/** Where settings stand: file, line and column of a key's value, kept beside the plain values of the tree. */
import { ConfigError } from "./config-error.ts";

export interface Place {
  /** Path as given, or `--set`. */
  readonly file: string;
  /** From 1; 0 for the command line. */
  readonly line: number;
  readonly column: number;
}

/** Maps and lists of a configuration -> places of what they hold, by key or index. */
const places = new WeakMap<object, Map<string, Place>>();

export function rememberPlace(parent: object, key: string, place: Place): void {
  const known = places.get(parent);
  if (known === undefined) places.set(parent, new Map([[key, place]]));
  else known.set(key, place);
}

export function placeOf(parent: object, key: string): Place | undefined {
  return places.get(parent)?.get(key);
}

/** `suricata.yaml:12:9: `, or nothing where the place is not known. */
export function placePrefix(place: Place | undefined): string {
  if (place === undefined) return "";
  return place.line === 0 ? `${place.file}: ` : `${place.file}:${place.line}:${place.column}: `;
}

/** The error for a value that cannot be used. `name` is the setting's dotted path. */
export function badSetting(
  place: Place | undefined,
  name: string,
  value: unknown,
  expected: string,
): ConfigError {
  const shown = typeof value === "object" && value !== null ? "a list or a map" : `"${value}"`;
  return new ConfigError(`${placePrefix(place)}"${name}" is ${shown}: expected ${expected}`);
}
