/**
 * The reassembled bytes of one direction of a TCP connection: a sliding window in the arena, addressed by
 * absolute stream offsets (0 is the first byte after the SYN).
 *
 * Invariant: windowStart <= rawProgress, appProgress; both <= acknowledged or received end.
 *
 * @hotpath
 */
export class StreamBuffer {}
