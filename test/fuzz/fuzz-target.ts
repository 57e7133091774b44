/** One thing that is fed hostile bytes: it may count, report and refuse, but never throw. */
export interface FuzzTarget {
  readonly name: string;
  run(bytes: Uint8Array): void;
}
