/**
 * Partitions the 256 bytes by the sets of a program: bytes that no set tells apart share a class, so that
 * a DFA state has some twenty transitions, not 256. Two classes are added: a newline that is the last byte
 * of the range (for `$`) and the end itself.
 */
import { ByteSet, wordBytes } from "./byte-set.ts";
import type { NfaProgram } from "./nfa.ts";

export interface ByteClasses {
  /** Class of each byte. */
  readonly classOf: Uint8Array;
  /** Classes in all, the two added ones included. */
  readonly count: number;
  /** Some byte of each class; the newline for `finalNewline`. */
  readonly sample: Uint8Array;
  /** Class of a newline that is the last byte; the plain newline's class when nothing asks for it. */
  readonly finalNewline: number;
  readonly endOfRange: number;
}

export function computeByteClasses(program: NfaProgram): ByteClasses {
  const sets = [...program.sets];
  if (program.seesNewline) sets.push(ByteSet.of(NEWLINE));
  if (program.seesWord) sets.push(wordBytes());
  const classOf = new Uint8Array(256);
  let count = 1;
  for (const set of sets) count = refine(classOf, count, set);
  const sample = new Uint8Array(count + 2);
  for (let byte = 255; byte >= 0; byte--) sample[classOf[byte]!] = byte;
  sample[count] = NEWLINE;
  return {
    classOf,
    count: count + 2,
    sample,
    finalNewline: program.seesFinalNewline ? count : classOf[NEWLINE]!,
    endOfRange: count + 1,
  };
}

const NEWLINE = 0x0a;

/** Splits each class into members and non-members of `set`; returns the new number of classes. */
function refine(classOf: Uint8Array, count: number, set: ByteSet): number {
  const insideOf = new Int16Array(count).fill(-1);
  const outsideSeen = new Uint8Array(count);
  for (let byte = 0; byte < 256; byte++) if (!set.has(byte)) outsideSeen[classOf[byte]!] = 1;
  let next = count;
  for (let byte = 0; byte < 256; byte++) {
    const old = classOf[byte]!;
    if (old >= count || !set.has(byte) || outsideSeen[old] === 0) continue;
    if (insideOf[old] === -1) insideOf[old] = next++;
    classOf[byte] = insideOf[old]!;
  }
  return next;
}
