/** What a search reports. */

export const MATCH = 1;
export const NO_MATCH = 0;
/** The search was given up at a limit; whether there is a match is not known. The caller counts these. */
export const LIMIT = -1;

export type RegexResult = typeof MATCH | typeof NO_MATCH | typeof LIMIT;
