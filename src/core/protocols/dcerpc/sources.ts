/** The buffer of stub data, and how DCE/RPC transactions answer the keywords about calls. */
import { type BufferSource, type BufferView, bufferSource, defineBuffer } from "../buffer.ts";
import { type TestSource, testSource } from "../test.ts";
import type { Transaction } from "../transaction.ts";
import type { CallView } from "./call-view.ts";
import type { StubData } from "./stub-data.ts";
import {
  dcerpcInterface,
  dcerpcOperation,
  type InterfaceWanted,
  isOperation,
  isToInterface,
  type OperationsWanted,
} from "./tests.ts";

const SIDES = ["toServer", "toClient"] as const;

export const dcerpcStubData = defineBuffer({
  name: "dcerpc.stub_data",
  aliases: ["dce_stub_data"],
  family: "smb/dcerpc",
  summary: "The arguments or results of a call, without the headers of its fragments.",
});

/** Sources of the stub data for a protocol; `callOf` gives the call of a transaction, null without. */
export function stubSources<Tx extends Transaction>(
  callOf: (transaction: Tx) => CallView | null,
): readonly BufferSource[] {
  return SIDES.map((side) =>
    bufferSource<Tx>(dcerpcStubData, {
      side,
      progress: 0,
      isStreamed: true,
      read(transaction, _, view) {
        const call = callOf(transaction);
        if (call === null) return false;
        const stub = side === "toServer" ? call.requestStub : call.responseStub;
        return readStub(stub, call.isLittleEndian, view);
      },
    }),
  );
}

function readStub(stub: StubData, isLittleEndian: boolean, view: BufferView): boolean {
  if (stub.length === 0) return false;
  view.setRange(stub.bytes, 0, stub.length);
  view.isLittleEndian = isLittleEndian;
  return true;
}

/** Sources of the tests about calls, both directions. */
export function callTestSources<Tx extends Transaction>(
  callOf: (transaction: Tx) => CallView | null,
): readonly TestSource[] {
  return SIDES.flatMap((side) => [
    testSource<InterfaceWanted, Tx>(dcerpcInterface, {
      side,
      progress: 0,
      run: (transaction, wanted) => {
        const call = callOf(transaction);
        return call !== null && isToInterface(call, wanted);
      },
    }),
    testSource<OperationsWanted, Tx>(dcerpcOperation, {
      side,
      progress: 0,
      run: (transaction, wanted) => {
        const call = callOf(transaction);
        return call !== null && isOperation(call, wanted);
      },
    }),
  ]);
}
