/** Tests of NFS that are no buffers: version and procedure. */
import {
  matchesNumber,
  type NumberComparison,
  parseNumberComparison,
} from "../../rule/number-comparison.ts";
import type { OptionText } from "../../rule/option-text.ts";
import { defineTest, type TestSource, testSource } from "../test.ts";
import { Procedure3 } from "./procedures.ts";
import { NfsState, type NfsTransaction } from "./transaction.ts";

const family = "nfs";

/** Both ends of a range belong to it, unlike those of other keywords. */
function parseInclusive(option: OptionText): NumberComparison {
  const comparison = parseNumberComparison(option, { bits: 32 });
  const { operator, value, value2 } = comparison;
  if (operator !== "range" && operator !== "notRange") return comparison;
  return { operator, value: value - 1, value2: value2 + 1 };
}

const version = defineTest<NumberComparison>({
  name: "nfs.version",
  aliases: ["nfs_version"],
  family,
  summary: "Compares the version of NFS.",
  syntax: "nfs.version:[op]N|A-B",
  argument: "required",
  examples: [{ options: "nfs.version:<3;", meaning: "version 2" }],
  parse: parseInclusive,
});

const procedure = defineTest<NumberComparison>({
  name: "nfs_procedure",
  family,
  summary:
    "Compares the number of the procedure; a file that is written has that of its commit too.",
  syntax: "nfs_procedure:[op]N|A-B",
  argument: "required",
  examples: [
    { options: "nfs.version:3; nfs_procedure:12;", meaning: "a file is removed" },
    {
      options: "nfs.version:3; nfs_procedure:12-14;",
      meaning: "12, 13 or 14: remove, rmdir, rename",
    },
  ],
  parse: parseInclusive,
});

export const nfsTests: readonly TestSource[] = [
  testSource<NumberComparison, NfsTransaction>(version, {
    side: "toServer",
    progress: NfsState.started,
    run: ({ call }, wanted) => matchesNumber(wanted, call.version),
  }),
  testSource<NumberComparison, NfsTransaction>(procedure, {
    side: "toServer",
    progress: NfsState.started,
    mayTurnTrue: true,
    run: ({ call, file }, wanted) =>
      matchesNumber(wanted, call.procedure) ||
      (file?.hasCommit === true && matchesNumber(wanted, Procedure3.commit)),
  }),
];
