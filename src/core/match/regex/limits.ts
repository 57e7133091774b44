/**
 * Every bound of the regex engine, in one place. Each has a unit in its name and a policy at the limit:
 * a pattern past a compile limit is a `RegexSyntaxError`; a search past a run limit returns `LIMIT`.
 */

/** Longest pattern accepted; PCRE2 in Suricata has no lower bound of its own. */
export const PATTERN_LENGTH_LIMIT_BYTES = 65_536;

/** Deepest nesting of parentheses, PCRE2's own default. */
export const NESTING_LIMIT = 250;

/** Largest number in a counted repeat, PCRE2's own. */
export const REPEAT_COUNT_LIMIT = 65_535;

/** Longest group name, PCRE2's own. */
export const GROUP_NAME_LIMIT_BYTES = 32;

/** Bytes a lookbehind may step back. */
export const LOOKBEHIND_LIMIT_BYTES = 65_535;

/** NFA instructions of a pattern that has no counted repeats: a pattern of 64 KB stays below it. */
export const NFA_INSTRUCTION_LIMIT = 20_000;

/**
 * NFA instructions that writing out counted repeats may add. Larger patterns run on the backtracker, which
 * counts instead: a state of thousands of threads is slower to build than to backtrack over.
 */
export const NFA_REPEAT_COPY_LIMIT = 1_500;

/** Instructions of a backtracking program; repeats are counted there, so this is the pattern's own size. */
export const BACKTRACK_INSTRUCTION_LIMIT = 20_000;

/** Bytes of transition tables and state sets one lazily built DFA may hold before it is flushed. */
export const DFA_CACHE_LIMIT_BYTES = 131_072;

/**
 * NFA threads one search may visit while it builds DFA states (about 10 ns each). A pattern whose states
 * never settle, such as `.{1,900}x`, gives up here: the backtracker tries, then the thread-list VM.
 */
export const DFA_BUILD_LIMIT_THREADS = 200_000;

/** Steps the backtracker may take on a regular pattern before the thread-list VM, which is linear, does. */
export const REGULAR_BACKTRACK_STEPS = 50_000;

/** Bytes times instructions that the thread-list VM may be given in a search: about 20 ms at worst. */
export const THREAD_VM_LIMIT_VISITS = 4_000_000;

/** Steps the backtracker may take before a linear pre-check is asked whether a match is possible at all. */
export const BACKTRACK_TRIAL_STEPS = 4_000;

/** Steps of one search on the backtracker: 4 to 16 ns each, so at most about 16 ms. */
export const BACKTRACK_STEP_LIMIT = 1_000_000;

/** Words of the backtracker's stack (1 MiB). */
export const BACKTRACK_STACK_LIMIT_WORDS = 262_144;

/** Bytes of a run over one byte set that count as a step: such a run is a tight loop. */
export const RUN_BYTES_PER_STEP = 16;
