/**
 * How the questions and records of a DNS message lie one behind the other (RFC 1035 §4.1): what looking through a
 * message and reading it have in common.
 *
 * @hotpath
 */
import { readUint16 } from "../../bytes/endian.ts";

export const HEADER_BYTES = 12;
/** Type and class of a question, behind its name. */
const QUESTION_FIELDS_BYTES = 4;
/** Type, class, time to live and length of the data of a record, behind its name. */
export const RECORD_FIELDS_BYTES = 10;

/** One past a question; -1: it reaches beyond `end`. */
export function questionEnd(fieldsStart: number, end: number): number {
  const next = fieldsStart + QUESTION_FIELDS_BYTES;
  return next > end ? -1 : next;
}

/** One past the data of a record; -1: it reaches beyond `end`. */
export function recordEnd(bytes: Uint8Array, fieldsStart: number, end: number): number {
  const dataStart = fieldsStart + RECORD_FIELDS_BYTES;
  if (dataStart > end) return -1;
  const next = dataStart + readUint16(bytes, fieldsStart + 8);
  return next > end ? -1 : next;
}
