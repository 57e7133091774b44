/** A part of the configuration as the engine's protocols and records read it. */
import type { Settings } from "../../core/protocols/settings.ts";
import { badSetting, placeOf } from "./places.ts";
import type { ConfigMap, ConfigValue } from "./tree.ts";
import { parseBytes, parseSwitch } from "./values.ts";

/** `name` is the path of the part, for messages. Its readers throw ConfigError for values of the wrong kind. */
export function configSection(map: ConfigMap, name: string): Settings {
  const textAt = (path: string): string | null => textOf(valueAt(map, path));
  const fail = (path: string, expected: string): never => {
    const at = path.lastIndexOf(".");
    const parent = at < 0 ? map : valueAt(map, path.slice(0, at));
    const isHolder = parent !== null && typeof parent === "object";
    const place = isHolder ? placeOf(parent, path.slice(at + 1)) : undefined;
    throw badSetting(place, `${name}.${path}`, textAt(path) ?? "", expected);
  };
  return {
    has: (path) => valueAt(map, path) !== undefined,
    switch(path, fallback) {
      const text = textAt(path);
      return text === null ? fallback : (parseSwitch(text) ?? fallback);
    },
    number(path, fallback) {
      const text = textAt(path);
      const value = Number(text);
      return text === null ? fallback : Number.isFinite(value) ? value : fail(path, "a number");
    },
    bytes(path, fallback) {
      const text = textAt(path);
      return text === null ? fallback : (parseBytes(text) ?? fail(path, "a size such as 100 KiB"));
    },
    text: textAt,
    list: (path) => listOf(valueAt(map, path)),
  };
}

function valueAt(map: ConfigMap, path: string): ConfigValue | undefined {
  let value: ConfigValue | undefined = map;
  for (const key of path.split(".")) {
    if (value === null || typeof value !== "object" || Array.isArray(value)) return undefined;
    value = Object.hasOwn(value, key) ? value[key] : undefined;
  }
  return value;
}

function textOf(value: ConfigValue | undefined): string | null {
  if (value === undefined || value === null || typeof value === "object") return null;
  return String(value);
}

function listOf(value: ConfigValue | undefined): readonly string[] {
  if (value === undefined || value === null) return [];
  const list = Array.isArray(value) ? value : [value];
  return list.flatMap((item) => {
    if (item !== null && typeof item === "object" && !Array.isArray(item)) return Object.keys(item);
    return item === null ? [] : [String(item)];
  });
}
