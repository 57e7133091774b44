/** Assertions for our own bugs. Hostile traffic and users' text never reach them. */

/** Throws when `condition` does not hold; never caught inside the core. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${message}`);
}
