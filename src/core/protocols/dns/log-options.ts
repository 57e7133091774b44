/** What the event log is to write of DNS (`outputs.eve-log.types.dns`). */
import type { Settings } from "../settings.ts";
import { isNamedType, recordTypesByName } from "./codes.ts";
import type { DnsMessage } from "./message.ts";

export interface DnsLogOptions {
  /** 3, or the older form 2. */
  readonly version: 2 | 3;
  readonly requests: boolean;
  readonly responses: boolean;
  /** Each answer as an object. */
  readonly detailed: boolean;
  /** The data of answers by type. */
  readonly grouped: boolean;
  /** Types of questions whose messages are written; null: every type that has a name. */
  readonly types: ReadonlySet<number> | null;
  /** Types without a name are written as well. */
  readonly unnamedTypes: boolean;
}

/** Alerts tell everything, and each answer once. */
export const alertLogOptions: DnsLogOptions = {
  version: 3,
  requests: true,
  responses: true,
  detailed: true,
  grouped: false,
  types: null,
  unnamedTypes: false,
};

export function readLogOptions(options: Settings): DnsLogOptions {
  const requests = options.switch("requests", true);
  const responses = options.switch("responses", true);
  const formats = options.list("formats").map((format) => format.toLowerCase());
  const isAnyFormat = !formats.includes("detailed") && !formats.includes("grouped");
  const detailed = isAnyFormat || formats.includes("detailed");
  const grouped = isAnyFormat || formats.includes("grouped");
  const types = options.has("types") ? typesOf(options.list("types")) : null;
  return {
    version: options.text("version") === "2" ? 2 : 3,
    requests,
    responses,
    detailed,
    grouped,
    types,
    unnamedTypes: requests && responses && detailed && grouped && types === null,
  };
}

function typesOf(names: readonly string[]): ReadonlySet<number> {
  const types = new Set<number>();
  for (const name of names) {
    const type = recordTypesByName.get(name.toUpperCase());
    if (type !== undefined) types.add(type);
  }
  return types;
}

export function isTypeLogged({ types, unnamedTypes }: DnsLogOptions, type: number): boolean {
  return types === null ? unnamedTypes || isNamedType(type) : types.has(type);
}

export function asksForLoggedType(options: DnsLogOptions, { queries }: DnsMessage): boolean {
  return queries.some(({ type }) => isTypeLogged(options, type));
}
