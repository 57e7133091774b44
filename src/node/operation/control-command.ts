/** What a command of the control socket says about itself, and how its arguments are read. */
import type { OperatedEngine } from "./operated-engine.ts";

/** Anything that JSON can say. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [name: string]: Json };

export interface ControlArgument {
  /** Name in the `arguments` object, as Suricata calls it. */
  readonly name: string;
  readonly summary: string;
  readonly isOptional?: boolean;
}

export interface ControlCommand {
  readonly name: string;
  /** One sentence with a full stop. */
  readonly summary: string;
  readonly arguments: readonly ControlArgument[];
  /** Throws ControlError when the answer is no. */
  run(engine: OperatedEngine, given: ControlArguments): Json | Promise<Json>;
}

export function defineControlCommand(command: ControlCommand): ControlCommand {
  return command;
}

/** The answer is NOK, with this message. */
export class ControlError extends Error {}

export class ControlArguments {
  private readonly values: ReadonlyMap<string, string>;

  constructor(values: ReadonlyMap<string, string>) {
    this.values = values;
  }

  /** Throws ControlError when it was not given. */
  text(name: string): string {
    const value = this.values.get(name);
    if (value === undefined) throw new ControlError(`the argument "${name}" is missing`);
    return value;
  }

  toObject(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.values);
  }

  optionalText(name: string): string | null {
    return this.values.get(name) ?? null;
  }
}
