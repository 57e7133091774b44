/**
 * A half-open range of bytes, reused: producers write into it, consumers read at once. `bytes` is the arena's
 * array except in tests, so that one call site sees one kind of array.
 *
 * @hotpath
 */
export class ByteRange {
  bytes: Uint8Array;
  start = 0;
  end = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
}
