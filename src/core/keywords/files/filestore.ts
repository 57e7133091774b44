/**
 * filestore: what matched is stored: the files that fulfil the rule's tests of files, or all files of the
 * transaction or flow. It is a test of its own: without a file in the rule's direction the rule does not match.
 * Words that mean nothing are left out with a warning, as they always were.
 */
import type { DetectionContext } from "../../detect/detection-context.ts";
import { applicationOf } from "../../detect/flow-application.ts";
import { defineKeyword } from "../../detect/keyword.ts";
import type { RuleDraft } from "../../detect/rule-draft.ts";
import type { TransactionFile } from "../../protocols/file.ts";
import { type FileCondition, fileGroup, fileWanted } from "../../protocols/files/tests.ts";
import type { ProtocolTest } from "../../protocols/test.ts";
import type { Transaction } from "../../protocols/transaction.ts";
import type { OptionText } from "../../rule/option-text.ts";

type Scope = "file" | "transaction" | "flow";

interface FileStoreOrder {
  /** Bits of the directions, 1 to server, 2 to client; 0: the rule's. */
  readonly sides: number;
  readonly scope: Scope;
  /** Words that say nothing. */
  readonly unknown: readonly string[];
}

const sidesByWord: Readonly<Record<string, number>> = {
  request: 1,
  to_server: 1,
  response: 2,
  to_client: 2,
  both: 3,
};

const scopesByWord: Readonly<Record<string, Scope>> = {
  file: "file",
  tx: "transaction",
  ssn: "flow",
  flow: "flow",
};

const WORDS_MAX = 3;

export const filestore = defineKeyword<FileStoreOrder>({
  name: "filestore",
  family: "file",
  summary: "Stores the file that matched, or all files of its transaction or flow.",
  syntax: "filestore[:request|to_server|response|to_client|both[,file|tx|ssn|flow]]",
  since: "<=7.0",
  argument: "optional",
  examples: [
    { options: 'fileext:"exe"; filestore;', meaning: "files that are called .exe" },
    { options: "filestore:both,flow;", meaning: "all files of the flow from here on" },
  ],
  parse: parseOrder,
  compile(order, draft) {
    for (const word of order.unknown) {
      draft.warn("unknown-value", `"${word}" is neither a direction nor a scope of files`);
    }
    // The group gives each test the values that its own parser made.
    draft.transactionTests.push({ test: fileWanted as ProtocolTest, value: anyFile, side: null });
    draft.postMatches.push({
      keyword: "filestore",
      storesFiles: true,
      run: orderRunner(order, draft),
    });
  },
});

const anyFile: FileCondition = { side: null, matches: () => true };

function parseOrder(option: OptionText): FileStoreOrder {
  if (!option.hasValue) return { sides: 0, scope: "file", unknown: [] };
  const pieces = option.split(",");
  const words = pieces.map(({ text }) => text);
  if (words.length > WORDS_MAX || words.some((word) => !/^[A-Za-z_[\]^`\\]+$/.test(word))) {
    return option.fail("bad-value", `"${option.whole.text}" is no direction and scope`, {
      hint: 'write "filestore", "filestore:request,file" or "filestore:both,flow"',
    });
  }
  const [side = "", wanted] = words.map((word) => word.toLowerCase());
  const sides = sidesByWord[side] ?? 0;
  const named = wanted === undefined ? undefined : scopesByWord[wanted];
  // A direction alone means the transaction's files in it.
  const scope = named ?? (sides === 0 ? "file" : "transaction");
  const unknown = [sides === 0 ? side : "", named === undefined ? (wanted ?? "") : ""];
  return { sides, scope, unknown: unknown.filter((word) => word !== "") };
}

function orderRunner(order: FileStoreOrder, draft: RuleDraft): (context: DetectionContext) => void {
  let conditions: readonly FileCondition[] | null = null;
  return (context) => {
    const { transaction, direction, flow, rule } = context;
    if (transaction === null || flow === null) return;
    // All options of the rule were read by now.
    conditions ??= conditionsOf(draft);
    transaction.wholeFiles |= 1 << direction;
    const sid = rule?.sid ?? 0;
    for (const file of filesOf(transaction, direction, conditions)) {
      if (!file.sids.includes(sid)) file.sids.push(sid);
      if (storesMatch(order, direction)) file.want();
    }
    if (order.scope === "file") return;
    transaction.storedSides |= order.sides;
    if (order.scope === "transaction") return;
    const state = applicationOf(flow);
    if (state !== null) state.storedSides |= order.sides;
  };
}

function storesMatch({ sides, scope }: FileStoreOrder, direction: number): boolean {
  return scope === "file" && (sides === 0 || (sides & (1 << direction)) !== 0);
}

function conditionsOf(draft: RuleDraft): readonly FileCondition[] {
  return (
    draft.transactionTests
      .filter(({ test }) => test.group === fileGroup)
      // Tests of the group have conditions as their values.
      .map(({ value }) => value as FileCondition)
  );
}

function filesOf(
  transaction: Transaction,
  direction: number,
  conditions: readonly FileCondition[],
): readonly TransactionFile[] {
  const side = direction === 0 ? "toServer" : "toClient";
  const asked = conditions.filter(
    (condition) => condition.side === null || condition.side === side,
  );
  return transaction.files.filter(
    (file) =>
      file.direction === direction && !file.isGone && asked.every(({ matches }) => matches(file)),
  );
}
