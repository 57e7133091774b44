/** What rules can ask of a call, whatever carries it: a TCP connection, datagrams, a named pipe. */
import type { InterfaceTable } from "./interface-table.ts";
import type { StubData } from "./stub-data.ts";

export interface CallView {
  /** A request was seen, so that context and operation are known. */
  readonly isCall: boolean;
  readonly contextId: number;
  readonly operation: number;
  /** Byte order of the sender. */
  readonly isLittleEndian: boolean;
  readonly interfaces: InterfaceTable | null;
  readonly requestStub: StubData;
  readonly responseStub: StubData;
}
