/** One call, bind or change of context with its answer. */
import { TO_CLIENT, TO_SERVER } from "../direction.ts";
import { Transaction } from "../transaction.ts";
import type { CallView } from "./call-view.ts";
import type { InterfaceTable } from "./interface-table.ts";
import { PduType } from "./pdu.ts";
import { StubData } from "./stub-data.ts";

/** What only connectionless calls have. */
export interface DatagramCall {
  readonly activity: Uint8Array;
  readonly sequenceNumber: number;
}

export class DcerpcTransaction extends Transaction implements CallView {
  readonly callId: number;
  readonly interfaces: InterfaceTable | null;
  readonly isLittleEndian: boolean;
  readonly datagram: DatagramCall | null;
  minorVersion = 0;
  requestType: number = PduType.request;
  responseType: number = PduType.response;
  hasRequest = false;
  contextId = 0;
  operation = 0;
  /** A side was lost: cut by a gap or by the end of reassembly. */
  readonly isLost: [boolean, boolean] = [false, false];
  readonly stubs: readonly [StubData, StubData] = [new StubData(), new StubData()];

  constructor(
    callId: number,
    interfaces: InterfaceTable | null,
    isLittleEndian: boolean,
    datagram: DatagramCall | null = null,
  ) {
    super();
    this.callId = callId;
    this.interfaces = interfaces;
    this.isLittleEndian = isLittleEndian;
    this.datagram = datagram;
  }

  get isCall(): boolean {
    return (
      this.hasRequest &&
      (this.requestType === PduType.request || this.responseType === PduType.response)
    );
  }

  get requestStub(): StubData {
    return this.stubs[TO_SERVER];
  }

  get responseStub(): StubData {
    return this.stubs[TO_CLIENT];
  }

  isDone(direction: number): boolean {
    return this.progressOf(direction) >= 1;
  }

  /** Nothing more of a direction will be seen. */
  lose(direction: number): void {
    if (this.isDone(direction)) return;
    this.isLost[direction] = true;
    this.reach(direction, 1);
  }
}
