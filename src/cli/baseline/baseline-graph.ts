/**
 * A line graph in SVG: what was measured, window by window with its peaks, and through it the baseline with its band of
 * so many times the scatter. Without measured values the season itself is drawn.
 */
import type { BaselineView, MeasuredWindow } from "../../core/anomaly/metrics/model-view.ts";

const WIDTH = 1200;
const HEIGHT = 420;
const LEFT = 80;
const RIGHT = 20;
const TOP = 50;
const BOTTOM = 50;
/** Points that are drawn at most; beyond, the last ones. */
const POINTS_MAX = 672;
const GRID_LINES = 4;
const COLOURS = { measured: "#1f6feb", baseline: "#c2410c", band: "#fdba74", text: "#374151" };

interface Point {
  readonly measured: number | null;
  readonly mean: number | null;
  readonly low: number;
  readonly high: number;
  readonly label: string;
}

/** @param deviation how many times the scatter the band is wide on each side. */
export function baselineGraph(view: BaselineView, deviation: number): string {
  const points = pointsOf(view, deviation);
  const top = Math.max(1, ...points.map(({ measured, high }) => Math.max(measured ?? 0, high)));
  const x = (index: number): number =>
    LEFT + (index * (WIDTH - LEFT - RIGHT)) / Math.max(1, points.length - 1);
  const y = (value: number): number => HEIGHT - BOTTOM - (value / top) * (HEIGHT - TOP - BOTTOM);
  const known = points.flatMap((point, index) => (point.mean === null ? [] : [{ point, index }]));
  const upper = known.map(({ point, index }) => `${fix(x(index))},${fix(y(point.high))}`);
  const lower = known.map(({ point, index }) => `${fix(x(index))},${fix(y(point.low))}`);
  const line = known.map(({ point, index }) => `${fix(x(index))},${fix(y(point.mean ?? 0))}`);
  const measured = points.flatMap(({ measured: value }, index) =>
    value === null ? [] : [`${fix(x(index))},${fix(y(value))}`],
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    ...title(view, deviation),
    ...grid(top, y),
    ...days(points, x),
    `<polygon fill="${COLOURS.band}" fill-opacity="0.45" points="${[...upper, ...lower.reverse()].join(" ")}"/>`,
    polyline(measured, COLOURS.measured, 1),
    polyline(line, COLOURS.baseline, 2),
    "</svg>",
    "",
  ].join("\n");
}

function pointsOf({ slots, measured, windowSeconds }: BaselineView, deviation: number): Point[] {
  const make = (slot: number, value: number | null, label: string): Point => {
    const { mean = null, scatter = 0 } = slots[slot] ?? {};
    const reach = deviation * scatter;
    const middle = mean ?? 0;
    return { measured: value, mean, low: Math.max(0, middle - reach), high: middle + reach, label };
  };
  if (measured.length > 0) {
    const shown = measured.slice(-POINTS_MAX);
    return shown.map(({ slot, value, seconds }, i) =>
      make(slot, value, dayLabel(seconds, shown[i - 1], windowSeconds)),
    );
  }
  const names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
  return slots.map((_, slot) =>
    make(slot, null, slots.length === 168 && slot % 24 === 0 ? (names[slot / 24] ?? "") : ""),
  );
}

/** The date where a day begins. */
function dayLabel(
  seconds: number,
  before: MeasuredWindow | undefined,
  windowSeconds: number,
): string {
  const date = new Date(seconds * 1000).toISOString().slice(5, 10);
  if (before === undefined) return date;
  const isGap = seconds - before.seconds > windowSeconds;
  const last = new Date(before.seconds * 1000).toISOString().slice(5, 10);
  return isGap || date !== last ? date : "";
}

function title(
  { key, metric, windowSeconds, season, learnedDays }: BaselineView,
  deviation: number,
): string[] {
  const text = `${metric} of ${key}, each ${duration(windowSeconds)}`;
  const legend = `baseline by ${season.replaceAll("_", " ")} from ${learnedDays.toFixed(1)} days`;
  return [
    `<text x="${LEFT}" y="20" fill="${COLOURS.text}" font-size="15">${escapeText(text)}</text>`,
    `<text x="${LEFT}" y="38" fill="${COLOURS.measured}">measured</text>`,
    `<text x="${LEFT + 70}" y="38" fill="${COLOURS.baseline}">${escapeText(legend)}, band of ${deviation} times its scatter</text>`,
  ];
}

function grid(top: number, y: (value: number) => number): string[] {
  return Array.from({ length: GRID_LINES + 1 }, (_, i) => {
    const value = (top * i) / GRID_LINES;
    const at = fix(y(value));
    return (
      `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at}" y2="${at}" stroke="#e5e7eb"/>` +
      `<text x="${LEFT - 8}" y="${at}" text-anchor="end" dominant-baseline="middle" fill="${COLOURS.text}">${amount(value)}</text>`
    );
  });
}

function days(points: readonly Point[], x: (index: number) => number): string[] {
  const labelled = points.flatMap(({ label }, index) => (label === "" ? [] : [{ label, index }]));
  const step = Math.ceil(labelled.length / 14);
  return labelled.flatMap(({ label, index }, i) => {
    const at = fix(x(index));
    const line = `<line x1="${at}" x2="${at}" y1="${TOP}" y2="${HEIGHT - BOTTOM}" stroke="#f3f4f6"/>`;
    const text = `<text x="${at}" y="${HEIGHT - BOTTOM + 18}" fill="${COLOURS.text}">${label}</text>`;
    return i % step === 0 ? [line, text] : [line];
  });
}

function polyline(points: readonly string[], colour: string, width: number): string {
  return `<polyline fill="none" stroke="${colour}" stroke-width="${width}" points="${points.join(" ")}"/>`;
}

/** `1.2M`, `340k`, `12`. */
export function amount(value: number): string {
  const units: readonly (readonly [number, string])[] = [
    [1e9, "G"],
    [1e6, "M"],
    [1e3, "k"],
  ];
  for (const [size, name] of units) {
    if (value >= size) return `${(value / size).toFixed(value >= 100 * size ? 0 : 1)}${name}`;
  }
  return Number.isInteger(value) ? String(value) : value.toFixed(1);
}

export function duration(seconds: number): string {
  if (seconds % 86_400 === 0) return `${seconds / 86_400}d`;
  if (seconds % 3600 === 0) return `${seconds / 3600}h`;
  return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}

function fix(value: number): string {
  return value.toFixed(1);
}

function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
