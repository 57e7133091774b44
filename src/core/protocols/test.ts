/**
 * Keywords that test a field of a transaction without being a buffer: numbers, names, flags (`dns.opcode`,
 * `tls.version`, `urilen`). Declared once with the syntax of the value; each protocol that has the field adds a
 * source that runs the test.
 */
import type { OptionText } from "../rule/option-text.ts";
import type { FlowSide } from "./direction.ts";
import type { Transaction } from "./transaction.ts";

/** What the value of a test may ask for while a rule is loaded. */
export interface TestHost {
  /** A file that the rule names, as a list of digests; null when it cannot be read. */
  readFile(path: string): Uint8Array | null;
}

export interface ProtocolTest<Value = unknown> {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly family: string;
  /** One sentence with a full stop. */
  readonly summary: string;
  readonly syntax: string;
  readonly since?: string;
  readonly argument: "none" | "required" | "optional";
  readonly examples: readonly { readonly options: string; readonly meaning: string }[];
  /**
   * The test that takes the values of all tests of one rule that name it, as a list: they must hold of one thing
   * together, as of one file.
   */
  readonly group?: ProtocolTest;
  /** A rule may have it once. */
  readonly once?: true;
  /** Digests of files that it needs: bits of FileDigest. */
  readonly digests?: number;
  /** What the host must give for it: rules with the test are refused without. */
  readonly needs?: "magic library";
  /** The side that a value chooses; null: any. */
  readonly sideOf?: (value: Value) => FlowSide | null;
  /** Throws RuleError at a place inside the option. */
  readonly parse: (option: OptionText, host: TestHost) => Value;
}

export function defineTest<Value>(test: ProtocolTest<Value>): ProtocolTest<Value> {
  return test;
}

export interface TestSource {
  readonly test: ProtocolTest;
  /** Where the test is a group: the tests in it, which are the keywords. */
  readonly keywords?: readonly ProtocolTest[];
  readonly side: FlowSide;
  readonly progress: number;
  /** What it tests may still come true while the direction goes on, whatever state that has reached. */
  readonly mayTurnTrue?: boolean;
  readonly run: (transaction: Transaction, value: unknown) => boolean;
}

/** Attaches a test to a protocol's transactions; seals the types of transaction and value. */
export function testSource<Value, Tx extends Transaction>(
  test: ProtocolTest<Value>,
  spec: {
    readonly side: FlowSide;
    readonly progress: number;
    readonly mayTurnTrue?: boolean;
    readonly keywords?: readonly ProtocolTest[];
    readonly run: (transaction: Tx, value: Value) => boolean;
  },
): TestSource {
  // The frame gives `run` the protocol's own transactions and what `parse` of the same test returned.
  const run = spec.run as (transaction: Transaction, value: unknown) => boolean;
  return { ...spec, run, test: test as ProtocolTest };
}
