/**
 * The bytes of a model: eight of magic, the length of a JSON header (little-endian), the header in UTF-8, then the
 * columns that it announces, little-endian, and last a checksum of everything before. Read on the machines that write
 * it: all that run this are little-endian.
 */
import { bytesToText, textToUtf8 } from "../../bytes/utf8.ts";
import type { ZoneOffsets } from "../zone-time.ts";
import {
  type KeyKind,
  keyKinds,
  keyWords,
  type MetricName,
  metricNames,
  type Season,
  seasonSlots,
  seasons,
} from "./metric.ts";
import type { LearnedModel, LearnedSeries } from "./model.ts";
import { SLOT_FLOATS } from "./season-series.ts";
import { SEEN_WORDS } from "./seen-table.ts";
import { HISTORY_WINDOWS } from "./window-history.ts";

const MAGIC = "SHRIKEM1";
const HEAD_BYTES = MAGIC.length + 4;
const VERSION = 1;

interface SeriesHeader {
  readonly kind: KeyKind;
  readonly metric: MetricName;
  readonly windowSeconds: number;
  readonly season: Season;
  readonly count: number;
  readonly referenceSeconds: number | null;
  readonly histories: number;
}

interface Header {
  readonly version: number;
  readonly zone: string;
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly series: readonly SeriesHeader[];
  readonly seen: number;
}

export function encodeModel(model: LearnedModel): Uint8Array {
  const header: Header = {
    version: VERSION,
    zone: model.zone.name,
    startSeconds: model.startSeconds,
    endSeconds: model.endSeconds,
    series: model.series.map(({ spec, count, referenceSeconds, historyOf }) => ({
      kind: spec.kind,
      metric: spec.metric,
      windowSeconds: spec.windowSeconds,
      season: spec.season,
      count,
      referenceSeconds: Number.isNaN(referenceSeconds) ? null : referenceSeconds,
      histories: historyOf.length,
    })),
    seen: model.seen.length / SEEN_WORDS,
  };
  const text = textToUtf8(JSON.stringify(header));
  const columns = [...model.series.flatMap(columnsOf), model.seen];
  const length =
    HEAD_BYTES + text.length + columns.reduce((sum, one) => sum + one.byteLength, 0) + 4;
  const bytes = new Uint8Array(length);
  bytes.set(textToUtf8(MAGIC), 0);
  const view = new DataView(bytes.buffer);
  view.setUint32(MAGIC.length, text.length, true);
  bytes.set(text, HEAD_BYTES);
  let at = HEAD_BYTES + text.length;
  for (const column of columns) {
    bytes.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), at);
    at += column.byteLength;
  }
  view.setUint32(at, checksum(bytes, at), true);
  return bytes;
}

/** The model, or what is wrong with the bytes. `readZone` gives the offsets of a zone by name. */
export function decodeModel(
  bytes: Uint8Array,
  readZone: (name: string) => ZoneOffsets | null,
): LearnedModel | string {
  if (bytes.length < HEAD_BYTES + 4 || bytesToText(bytes, 0, MAGIC.length) !== MAGIC) {
    return "not a model of shrike learn";
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.length - 4;
  if (view.getUint32(end, true) !== checksum(bytes, end)) return "cut short or changed";
  const columns = HEAD_BYTES + view.getUint32(MAGIC.length, true);
  const header = columns > end ? null : readHeader(bytesToText(bytes, HEAD_BYTES, columns));
  if (header === null) return `of another version, expected ${VERSION}`;
  const zone = readZone(header.zone);
  if (zone === null) return `of the unknown time zone "${header.zone}"`;
  const reader = new ColumnReader(bytes, columns, end);
  const series = header.series.map((one) => readSeries(one, reader));
  const seen = new Uint32Array(reader.take(header.seen * SEEN_WORDS));
  if (reader.isShort) return "cut short";
  const { startSeconds, endSeconds } = header;
  return { zone, startSeconds, endSeconds, series, seen };
}

function columnsOf({ keys, windows, lastWindow, values, historyOf, history }: LearnedSeries) {
  return [keys, windows, lastWindow, values, historyOf, history];
}

function readSeries(header: SeriesHeader, reader: ColumnReader): LearnedSeries {
  const { kind, metric, windowSeconds, season, count, histories } = header;
  return {
    spec: { kind, metric, windowSeconds, season },
    count,
    referenceSeconds: header.referenceSeconds ?? Number.NaN,
    keys: new Int32Array(reader.take(count * keyWords[kind])),
    windows: new Uint32Array(reader.take(count)),
    lastWindow: new Int32Array(reader.take(count)),
    values: new Float32Array(reader.take(count * seasonSlots[season] * SLOT_FLOATS)),
    historyOf: new Int32Array(reader.take(histories)),
    history: new Float32Array(reader.take(histories * HISTORY_WINDOWS)),
  };
}

/** Columns of four-byte numbers, one after the other. */
class ColumnReader {
  isShort = false;
  private at: number;
  private readonly bytes: Uint8Array;
  private readonly end: number;

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
  }

  take(count: number): ArrayBuffer {
    const next = this.at + 4 * count;
    if (!(next <= this.end)) {
      this.isShort = true;
      return new ArrayBuffer(0);
    }
    // A copy whatever kind of array it is: columns must begin at a multiple of four.
    const column = new Uint8Array(4 * count);
    column.set(this.bytes.subarray(this.at, next));
    this.at = next;
    return column.buffer;
  }
}

/** Null when it is not one that is understood. */
function readHeader(text: string): Header | null {
  let header: Partial<Header>;
  try {
    header = JSON.parse(text) as Partial<Header>; // every field is checked below
  } catch {
    return null;
  }
  if (header.version !== VERSION || !Array.isArray(header.series)) return null;
  if (typeof header.zone !== "string" || !isCount(header.seen)) return null;
  if (typeof header.startSeconds !== "number" || typeof header.endSeconds !== "number") return null;
  return header.series.every(isSeriesHeader) ? (header as Header) : null;
}

function isSeriesHeader(one: Partial<SeriesHeader>): boolean {
  return (
    keyKinds.some((kind) => kind === one.kind) &&
    metricNames.some((name) => name === one.metric) &&
    seasons.some((season) => season === one.season) &&
    isCount(one.windowSeconds) &&
    isCount(one.count) &&
    isCount(one.histories)
  );
}

function isCount(value: unknown): boolean {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

/** FNV-1a over [0, end). */
function checksum(bytes: Uint8Array, end: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return hash >>> 0;
}
