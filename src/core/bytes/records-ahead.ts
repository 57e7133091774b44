/** Where the next records lie, before they are read: for those who get things ready for them. */

/** Records that are looked at ahead at once. */
export const RECORDS_AHEAD = 8;

export class RecordsAhead {
  readonly starts = new Int32Array(RECORDS_AHEAD);
  readonly ends = new Int32Array(RECORDS_AHEAD);
  count = 0;
  linkType = 0;
}
