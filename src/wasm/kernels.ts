/**
 * Entry file of the byte kernels: what the module exports. Each kernel works on ranges [start, end)
 * of the arena, may read up to 64 bytes past a range, keeps no state of its own and has no static
 * data.
 */
export { checksum } from "./checksum";
export { findLiteral } from "./literal";
export { searchPatterns } from "./multi-pattern";
