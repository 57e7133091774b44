/**
 * The indicators of one folder over imports (indicators.ndjson): one object a line after a head. The same
 * indicator from the same source is one, the later import says what holds; expired ones are dropped when the store
 * is read. Rules of single indicators keep their numbers.
 */
import { type Indicator, type IndicatorKind, indicatorKinds } from "./indicator.ts";
import { isRecord, textOf } from "./json-fields.ts";

const FORMAT = "shrike-indicators";

/** All that is said about one value. */
export interface MergedIndicator {
  readonly kind: IndicatorKind;
  readonly value: string;
  readonly sources: readonly string[];
  /** The highest of the sources'. */
  readonly confidence: number;
  /** The latest of the sources'; null: for good. */
  readonly expiresMs: number | null;
  readonly description: string;
}

export class IndicatorStore {
  /** By kind, value and source. */
  private readonly indicators = new Map<string, Indicator>();
  private readonly sids = new Map<string, number>();
  /** Those that were asked for: the others go with what they were of. */
  private readonly usedSids = new Set<string>();
  private nextSid: number;

  constructor(firstSid: number) {
    this.nextSid = firstSid;
  }

  get size(): number {
    return this.indicators.size;
  }

  /** Reads what `serialise` wrote; returns numbers of lines that are damaged. */
  load(text: string): readonly number[] {
    const damaged: number[] = [];
    text.split("\n").forEach((line, index) => {
      if (line === "") return;
      if (!this.loadLine(line)) damaged.push(index + 1);
    });
    return damaged;
  }

  /** True when it is new. */
  add(indicator: Indicator): boolean {
    const key = `${keyOf(indicator)} ${indicator.source}`;
    const isNew = !this.indicators.has(key);
    this.indicators.set(key, indicator);
    return isNew;
  }

  /** Drops what has expired at `nowMs`, and counts it. */
  expire(nowMs: number): number {
    let count = 0;
    for (const [key, { expiresMs }] of this.indicators) {
      if (expiresMs === null || expiresMs > nowMs) continue;
      this.indicators.delete(key);
      count++;
    }
    return count;
  }

  /** One entry a value, in the order of kind and value. */
  merged(): readonly MergedIndicator[] {
    const groups = new Map<string, Indicator[]>();
    for (const indicator of this.indicators.values()) {
      const group = groups.get(keyOf(indicator));
      if (group === undefined) groups.set(keyOf(indicator), [indicator]);
      else group.push(indicator);
    }
    return [...groups.entries()]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([, group]) => merge(group));
  }

  /** The number of the rule about this value alone, or of the first of `count`; the same at every import. */
  sidOf(indicator: { readonly kind: IndicatorKind; readonly value: string }, count = 1): number {
    const key = keyOf(indicator);
    this.usedSids.add(key);
    const known = this.sids.get(key);
    if (known !== undefined) return known;
    const sid = this.nextSid;
    this.sids.set(key, sid);
    this.nextSid += count;
    return sid;
  }

  serialise(): string {
    const head = { format: FORMAT, version: 1, next_sid: this.nextSid };
    const lines = [...this.indicators.values()].map((indicator) => {
      const { kind, value, source, confidence, expiresMs, description } = indicator;
      const expires = expiresMs === null ? null : new Date(expiresMs).toISOString();
      return { kind, value, source, confidence, expires, description };
    });
    const sids = [...this.usedSids].map((key) => ({ sid_of: key, sid: this.sids.get(key) }));
    return [head, ...lines, ...sids].map((line) => `${JSON.stringify(line)}\n`).join("");
  }

  private loadLine(line: string): boolean {
    let fields: unknown;
    try {
      fields = JSON.parse(line);
    } catch {
      return false; // counted by the caller
    }
    if (!isRecord(fields)) return false;
    if (fields["format"] === FORMAT) {
      if (typeof fields["next_sid"] === "number") this.nextSid = fields["next_sid"];
      return true;
    }
    const { sid_of: sidOf, sid: number } = fields;
    if (typeof sidOf === "string" && typeof number === "number") {
      this.sids.set(sidOf, number);
      return true;
    }
    const kind = indicatorKinds.find((known) => known === fields["kind"]);
    const { value, source, confidence, expires, description, sid } = fields;
    if (kind === undefined || typeof value !== "string" || typeof source !== "string") return false;
    const expiresMs = typeof expires === "string" ? Date.parse(expires) : null;
    const level = typeof confidence === "number" ? confidence : 0;
    this.add({
      kind,
      value,
      source,
      confidence: level,
      expiresMs,
      description: textOf(description),
    });
    if (typeof sid === "number") this.sids.set(keyOf({ kind, value }), sid);
    return true;
  }
}

function keyOf({ kind, value }: { readonly kind: IndicatorKind; readonly value: string }): string {
  return `${kind} ${value}`;
}

function merge(group: readonly Indicator[]): readonly MergedIndicator[] {
  const [first] = group;
  if (first === undefined) return [];
  const { kind, value } = first;
  const expiries = group.map(({ expiresMs }) => expiresMs);
  return [
    {
      kind,
      value,
      sources: [...new Set(group.map(({ source }) => source))].sort(),
      confidence: Math.max(...group.map(({ confidence }) => confidence)),
      expiresMs: expiries.includes(null) ? null : Math.max(...expiries.map((each) => each ?? 0)),
      description: group.find(({ description }) => description !== "")?.description ?? "",
    },
  ];
}
