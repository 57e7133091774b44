/**
 * Indicators of several parts that must be seen together: what a feed says of them in one spelling, and the reason
 * where no rule can ask for all of them at once.
 */
import { combinedRules } from "./combined-rules.ts";
import { type IndicatorKind, indicatorKinds } from "./indicator.ts";
import { readIndicatorValue } from "./indicator-value.ts";

export const partKinds = [
  ...indicatorKinds,
  "source",
  "destination",
  "port",
  "source-port",
  "protocol",
  "file-name",
] as const;
export type PartKind = (typeof partKinds)[number];

/** One part as a feed gives it; null: the value tells the kind. */
export interface FeedPart {
  readonly text: string;
  readonly kind: PartKind | null;
}

export interface IndicatorPart {
  readonly kind: PartKind;
  readonly value: string;
}

const JOINT = " and ";
/** Kinds of which one observation may have two. */
const PAIRED: ReadonlySet<PartKind> = new Set(["address", "network", "protocol"]);

/** The kind and value of the parts together, of the one that says all of them, or why they are nothing. */
export function readCombination(
  parts: readonly FeedPart[],
): { readonly kind: IndicatorKind; readonly value: string } | string {
  const read: IndicatorPart[] = [];
  for (const part of parts) {
    const found = readPart(part);
    if (typeof found === "string") return found;
    const isKnown = read.some(({ kind, value }) => kind === found.kind && value === found.value);
    if (!isKnown) read.push(found);
  }
  const needed = withoutImplied(read);
  const twice = needed.find(
    ({ kind }, index) =>
      !PAIRED.has(kind) && needed.findIndex((other) => other.kind === kind) !== index,
  );
  if (twice !== undefined) return `nothing has two values of ${twice.kind} at once`;
  const [only] = needed;
  // A source is asked for as such, by a rule of its own.
  if (needed.length === 1 && only !== undefined && only.kind !== "source") return single(only);
  const rules = combinedRules(needed);
  if (typeof rules === "string") return rules;
  return { kind: "combined", value: combinationText(needed) };
}

/** The parts in an order of their own, so that the same ones are the same indicator. */
export function combinationText(parts: readonly IndicatorPart[]): string {
  return parts
    .map(({ kind, value }) => `${kind} ${kind === "file-name" ? encodeURIComponent(value) : value}`)
    .sort()
    .join(JOINT);
}

/** What `combinationText` made. */
export function partsOf(text: string): readonly IndicatorPart[] {
  return text.split(JOINT).flatMap((part) => {
    const place = part.indexOf(" ");
    const kind = partKinds.find((known) => known === part.slice(0, place));
    const value = part.slice(place + 1);
    if (kind === undefined) return [];
    return [{ kind, value: kind === "file-name" ? decodeURIComponent(value) : value }];
  });
}

function readPart({ text, kind }: FeedPart): IndicatorPart | string {
  switch (kind) {
    case "port":
    case "source-port": {
      const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
      return port > 0 && port < 65_536 ? { kind, value: `${port}` } : `"${text}" is no port`;
    }
    case "protocol":
      return { kind, value: text.toLowerCase() };
    case "file-name":
      return text === "" || text.length > 255
        ? `"${text}" is no name of a file`
        : { kind, value: text };
    case "source":
    case "destination": {
      const found = readIndicatorValue(text, null);
      if (typeof found === "string") return found;
      const isAddress = found.kind === "address" || found.kind === "network";
      return isAddress ? { kind, value: found.value } : `"${text}" is no address`;
    }
    default:
      return kind === "combined" ? "it has parts of its own" : readIndicatorValue(text, kind);
  }
}

/** A URL says its host; a name above that says nothing more. */
function withoutImplied(parts: readonly IndicatorPart[]): readonly IndicatorPart[] {
  const url = parts.find(({ kind }) => kind === "url");
  if (url === undefined) return parts;
  const { hostname } = new URL(url.value);
  return parts.filter(
    ({ kind, value }) =>
      kind !== "domain" || (hostname !== value && !hostname.endsWith(`.${value}`)),
  );
}

function single({ kind, value }: IndicatorPart): ReturnType<typeof readCombination> {
  if (kind === "destination") {
    return { kind: value.includes("/") ? "network" : "address", value };
  }
  const known = indicatorKinds.find((each) => each === kind);
  return known === undefined ? `a ${kind} alone says too little` : { kind: known, value };
}
