/**
 * Events of NFS; a code is the place in the list. As in Suricata, those of versions are names for rules and never
 * raised: only calls of versions 2 to 4 are followed, so that no reply of another one is looked at.
 */

export const nfsEventNames = [
  "malformed_data",
  "non_existing_version",
  "unsupported_version",
  "too_many_transactions",
] as const;

export const NfsEvent = { malformedData: 0, tooManyTransactions: 3 } as const;
