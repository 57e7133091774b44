/**
 * A part of the configuration as protocols and event records read it: values by dotted path below that part,
 * with the default that holds when the path is absent. The host implements it over its configuration file.
 */
export interface Settings {
  has(path: string): boolean;
  switch(path: string, fallback: boolean): boolean;
  number(path: string, fallback: number): number;
  /** A size such as "100kb", in bytes. */
  bytes(path: string, fallback: number): number;
  /** Null when absent. */
  text(path: string): string | null;
  /** Items of a list as text; a single value is a list of one; empty when absent. */
  list(path: string): readonly string[];
}

/** Nothing is configured: every default holds. */
export const defaultSettings: Settings = {
  has: () => false,
  switch: (_, fallback) => fallback,
  number: (_, fallback) => fallback,
  bytes: (_, fallback) => fallback,
  text: () => null,
  list: () => [],
};
