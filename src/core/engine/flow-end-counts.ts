/** Counts in which state flows and their TCP connections were when they ended. */
import type { Flow } from "../flow/flow.ts";
import { TcpState } from "../stream/tcp-session.ts";
import { tcpStateNames } from "./records/flow-record.ts";

const TCP = 6;
/** By FlowState. */
const stateNames = ["new", "established", "closed", "local_bypassed"];

export class FlowEndCounts {
  private readonly states = new Float64Array(stateNames.length);
  private readonly tcpStates = new Float64Array(TcpState.closed + 1);

  count({ state, protocol, tcp }: Flow): void {
    this.states[state]!++;
    if (protocol === TCP) this.tcpStates[tcp?.state ?? TcpState.none]!++;
  }

  *entries(): IterableIterator<readonly [string, number]> {
    for (let state = 0; state < stateNames.length; state++) {
      yield [`flow.end.state.${stateNames[state]}`, this.states[state]!];
    }
    for (const state of Object.values(TcpState)) {
      if (state === TcpState.listen) continue;
      yield [`flow.end.tcp_state.${tcpStateNames[state]}`, this.tcpStates[state]!];
    }
  }
}
