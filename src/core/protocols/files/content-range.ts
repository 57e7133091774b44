/** Content-Range (RFC 9110 §14.4): which bytes of a resource a body carries. */

export interface ContentRange {
  readonly start: number;
  /** Of the last byte. */
  readonly end: number;
  /** Of the whole resource, bytes. */
  readonly size: number;
}

const NUMBER = String.raw`(\d{1,15})`;
const SYNTAX = new RegExp(
  `^\\s*bytes\\s+(?:${NUMBER}-${NUMBER}|\\*)\\s*/\\s*(?:${NUMBER}|\\*)`,
  "i",
);

/** `unusable`: well formed, but it is the whole resource, or does not say enough to join parts. */
export function parseContentRange(text: string): ContentRange | "unusable" | "invalid" {
  const match = SYNTAX.exec(text);
  if (match === null) return "invalid";
  const [, start, end, size] = match;
  if (end === undefined && size === undefined) return "invalid";
  const range = { start: Number(start ?? -1), end: Number(end ?? -1), size: Number(size ?? -1) };
  if (range.end <= 0 || range.size <= 0) return "unusable";
  if (range.start === 0 && range.end === range.size - 1) return "unusable";
  if (range.start > range.end || range.end > range.size - 1) return "invalid";
  return range;
}
