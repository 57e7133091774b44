/**
 * What a subcommand says about itself: its help, its options, its examples come from one declaration, and
 * adding one is a file in commands/ and a line in commands/index.ts.
 */

export interface CommandOption {
  /** Long name without dashes. */
  readonly name: string;
  readonly short?: string;
  /** Word for the value in the help; absent for switches. */
  readonly value?: string;
  readonly multiple?: boolean;
  readonly summary: string;
}

export interface CommandExample {
  readonly line: string;
  readonly meaning: string;
}

export interface ParsedCommand {
  readonly files: readonly string[];
  readonly texts: ReadonlyMap<string, readonly string[]>;
  readonly switches: ReadonlySet<string>;
}

export interface Command {
  readonly name: string;
  /** One sentence with a full stop. */
  readonly summary: string;
  /** Words after the command's name. */
  readonly usage: string;
  readonly options: readonly CommandOption[];
  readonly examples: readonly CommandExample[];
  /** Exit code: 0 done, 1 the input has errors, 2 the call is wrong, 3 the machine failed. */
  run(parsed: ParsedCommand): Promise<number>;
}

/** Exit codes of every command. */
export const ExitCode = { done: 0, badInput: 1, badCall: 2, machine: 3 } as const;

/** A call that makes no sense: printed with a pointer to the help. */
export class UsageError extends Error {}

export function lastText(parsed: ParsedCommand, name: string): string | null {
  return parsed.texts.get(name)?.at(-1) ?? null;
}

export function allTexts(parsed: ParsedCommand, name: string): readonly string[] {
  return parsed.texts.get(name) ?? [];
}
