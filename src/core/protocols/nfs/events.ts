/** Events of NFS; a code is the place in the list. Those of versions are named for rules and not raised. */

export const nfsEventNames = [
  "malformed_data",
  "non_existing_version",
  "unsupported_version",
  "too_many_transactions",
] as const;

export const NfsEvent = { malformedData: 0, tooManyTransactions: 3 } as const;
