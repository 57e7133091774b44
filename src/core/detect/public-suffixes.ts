/** A public suffix list, as the engine asks it. */
export interface PublicSuffixes {
  /**
   * Offset where the registrable domain of the lower-case name in [start, end) begins: one label more than its
   * public suffix; -1 where there is none.
   */
  registrableStart(bytes: Uint8Array, start: number, end: number): number;
}
