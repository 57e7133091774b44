/**
 * What a packet is to its connection.
 *
 * @hotpath
 */
export const Outcome = {
  /** It belongs to the connection and its data counts. */
  accepted: 0,
  /** Nothing to take from it, and nothing wrong with it. */
  ignored: 1,
  /** It does not fit the connection; inline it is dropped. */
  refused: 2,
} as const;
