/**
 * Records by which engines in threads tell each other what they measured, and where in a record what stands. The first
 * number is the kind; who hears of a kind is entered in `SharedRings.hear`.
 */

export const PeerRecord = {
  exchange: 0,
  seen: 1,
  told: 2,
  contact: 3,
  contactEnd: 4,
  name: 5,
} as const;

/** Places of numbers: the two addresses, and what is behind them. */
export const CLIENT_AT = 6;
export const SERVER_AT = 10;
export const AMOUNTS_AT = 14;
