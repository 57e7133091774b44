/**
 * Where the registrable domain and the public suffix of a name begin, by the rules of publicsuffix.org: the
 * longest rule counts, an exception beats it, and without a rule the last label is the suffix.
 */
import { bytesToLatin1 } from "../../../bytes/latin1.ts";
import { publicSuffixes } from "./public-suffixes.ts";

const DOT = 46;
/** Longer names are no domain names (RFC 1035 §2.3.4, in text). */
const NAME_BYTES_MAX = 255;

interface Suffixes {
  readonly plain: ReadonlySet<string>;
  /** Names below which every label is a suffix; and those of them that are not. */
  readonly wild: ReadonlySet<string>;
  readonly exceptions: ReadonlySet<string>;
}

const suffixes = readSuffixes(publicSuffixes);
const LABELS_MAX = 4;

function readSuffixes(text: string): Suffixes {
  const plain = new Set<string>();
  const wild = new Set<string>();
  const exceptions = new Set<string>();
  for (const line of text.trim().split("\n")) {
    const [parent = "", ...labels] = line.split(" ");
    for (const label of labels) {
      if (label === "*") wild.add(parent);
      else if (label.startsWith("!")) exceptions.add(`${label.slice(1)}.${parent}`);
      else plain.add(`${label}.${parent}`);
    }
  }
  return { plain, wild, exceptions };
}

/** Offset where the public suffix of the name in [start, end) begins; -1 where there is none. */
export function publicSuffixStart(bytes: Uint8Array, start: number, end: number): number {
  if (start >= end || end - start > NAME_BYTES_MAX) return -1;
  // A dot at the end belongs to the name, as the root.
  const last = bytes[end - 1] === DOT ? end - 1 : end;
  let found = -1;
  let parent = "";
  let labelEnd = last;
  for (let count = 1; count <= LABELS_MAX; count++) {
    const labelStart = labelBefore(bytes, start, labelEnd);
    if (labelStart >= labelEnd) return -1;
    const name = bytesToLatin1(bytes, labelStart, last);
    if (suffixes.exceptions.has(name)) return labelEnd + 1;
    if (count === 1 || suffixes.plain.has(name) || suffixes.wild.has(parent)) found = labelStart;
    if (labelStart === start) break;
    parent = name;
    labelEnd = labelStart - 1;
  }
  return found;
}

/** Offset where the registrable domain begins: one label more than the suffix; -1 where there is none. */
export function registrableStart(bytes: Uint8Array, start: number, end: number): number {
  const suffix = publicSuffixStart(bytes, start, end);
  if (suffix <= start) return -1;
  const label = labelBefore(bytes, start, suffix - 1);
  return label === suffix - 1 ? -1 : label;
}

/** Offset of the label that ends at `end`. */
function labelBefore(bytes: Uint8Array, start: number, end: number): number {
  let at = end;
  while (at > start && bytes[at - 1] !== DOT) at--;
  return at;
}
