/**
 * Skips to where a match may begin. Of the first bytes of any match, the sets of bytes that may stand at
 * each offset are known; a window over them moves as in Horspool's search: the byte at the window's end
 * tells how far the window may step. A single literal, alternatives and classes are all served by it.
 *
 * @hotpath
 */
import { ByteSet } from "./byte-set.ts";
import { NfaOp, type NfaProgram } from "./nfa.ts";

/** Longest window; patterns gain little beyond. */
const WINDOW_LENGTH_MAX = 24;

/** Bytes a window must step on average to be worth more than the engine's own walk. */
const MEAN_STEP_MIN = 1.25;
const ONE_BYTE_MEAN_MIN = 0.6;

export class PrefixWindow {
  private readonly length: number;
  /** 1 for each byte that can begin a match. */
  private readonly firstBytes = new Uint8Array(256);
  /** How far the window may step when it ends in this byte; 0 when a match may begin at its start. */
  private readonly steps = new Uint8Array(256);

  constructor(offsets: readonly ByteSet[]) {
    this.length = offsets.length;
    for (const set of offsets) growWindow(this.steps, set);
    for (let byte = 0; byte < 256; byte++) if (offsets[0]!.has(byte)) this.firstBytes[byte] = 1;
  }

  /** First position in [from, end) where a match may begin, or `end`. */
  next(bytes: Uint8Array, from: number, end: number): number {
    const { steps, firstBytes } = this;
    const reach = this.length - 1;
    let position = from + reach;
    while (position < end) {
      const step = steps[bytes[position]!]!;
      if (step !== 0) position += step;
      else if (firstBytes[bytes[position - reach]!] !== 0) return position - reach;
      else position++;
    }
    return end;
  }
}

/** Chooses the window that steps farthest; undefined when none is worth it or a match may be empty. */
export function createPrefixWindow(program: NfaProgram): PrefixWindow | undefined {
  const offsets = prefixSets(program);
  const steps = new Uint8Array(256);
  let best = MEAN_STEP_MIN;
  let length = 0;
  for (let candidate = 1; candidate <= offsets.length; candidate++) {
    growWindow(steps, offsets[candidate - 1]!);
    const mean = meanStep(steps);
    // A one-byte window that rarely stops beats the engine's walk, though it steps by one.
    const worth = candidate === 1 && mean > ONE_BYTE_MEAN_MIN ? MEAN_STEP_MIN + 0.01 : mean;
    if (worth > best) {
      best = worth;
      length = candidate;
    }
  }
  return length === 0 ? undefined : new PrefixWindow(offsets.slice(0, length));
}

/** The bytes that may stand at offset 0, 1, ... of a match, as far as every match reaches. */
function prefixSets(program: NfaProgram): ByteSet[] {
  const { code, sets } = program;
  const offsets: ByteSet[] = [];
  let addresses: readonly number[] = [program.entry];
  while (offsets.length < WINDOW_LENGTH_MAX) {
    const reached = closure(code, addresses);
    if (reached === undefined) break;
    const union = new ByteSet();
    for (const address of reached) union.addSet(sets[code[address + 2]!]!);
    offsets.push(union);
    addresses = reached.map((address) => code[address + 1]!);
  }
  return offsets;
}

/** The byte-consuming instructions reachable from `addresses`; undefined if the match may end here. */
function closure(code: Int32Array, addresses: readonly number[]): number[] | undefined {
  const reached: number[] = [];
  const seen = new Set<number>();
  const stack = [...addresses];
  while (stack.length > 0) {
    const at = stack.pop()!;
    if (seen.has(at)) continue;
    seen.add(at);
    const operation = code[at]!;
    if (operation === NfaOp.Match) return undefined;
    if (operation === NfaOp.Set) reached.push(at);
    else stack.push(code[at + 1]!);
    if (operation === NfaOp.Split) stack.push(code[at + 2]!);
  }
  return reached;
}

/** Lengthens a window by one byte: where `set` has the byte it may not step, elsewhere one byte farther. */
function growWindow(steps: Uint8Array, set: ByteSet): void {
  for (let byte = 0; byte < 256; byte++) steps[byte] = set.has(byte) ? 0 : steps[byte]! + 1;
}

/**
 * Mean advance of a window, text bytes weighing more. Where the window stops, the engine is called, which
 * costs about as much as a step back of two bytes.
 */
function meanStep(steps: Uint8Array): number {
  let total = 0;
  let weights = 0;
  for (let byte = 0; byte < 256; byte++) {
    const isText =
      (byte >= 0x61 && byte <= 0x7a) || byte === 0x20 || (byte >= 0x30 && byte <= 0x39);
    const weight = isText ? 12 : byte >= 0x20 && byte < 0x7f ? 4 : 1;
    total += weight * (steps[byte] === 0 ? -2 : steps[byte]!);
    weights += weight;
  }
  return total / weights;
}
