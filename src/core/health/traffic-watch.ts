/**
 * Counts what the engine's counters leave out and health needs: TCP flows that only went one way, packets that were cut,
 * steps of the clock. Packet times are compared with the steady time of the host where it gives one.
 *
 * @hotpath
 */

/** What is looked at of a flow that ended. */
export interface EndedFlow {
  readonly protocol: number;
  readonly packetsToServer: number;
  readonly packetsToClient: number;
}

/** Flows with fewer packets may be scans and lost connections. */
const PACKETS_MIN = 4;
const TCP = 6;
const SECOND_US = 1_000_000;
/** Packets of two interfaces may come out of order by so much; a difference of clocks that is no step. */
const BACK_US = 1 * SECOND_US;
const DRIFT_US = 2 * SECOND_US;

export class TrafficWatch {
  private tcpFlows = 0;
  private oneSidedFlows = 0;
  private truncatedPackets = 0;
  private clockSteps = 0;
  private clockStepUs = 0;
  private lastUs = -1;
  /** Packet time less steady time when they were last compared; NaN before. */
  private offsetUs = Number.NaN;

  notePacket(timeUs: number, capturedLength: number, wireLength: number): void {
    if (wireLength > capturedLength) this.truncatedPackets++;
    if (this.lastUs - timeUs > BACK_US) this.noteStep(this.lastUs - timeUs);
    this.lastUs = timeUs;
  }

  noteFlowEnd({ protocol, packetsToServer, packetsToClient }: EndedFlow): void {
    if (protocol !== TCP || packetsToServer + packetsToClient < PACKETS_MIN) return;
    this.tcpFlows++;
    if (packetsToServer === 0 || packetsToClient === 0) this.oneSidedFlows++;
  }

  /** The times that a host's clock of packets and a clock that nobody sets show at one moment. */
  compareClocks(clockUs: number, steadyUs: number): void {
    const offset = clockUs - steadyUs;
    const step = Math.abs(offset - this.offsetUs);
    // Steps back show in the packets as well: they are counted there unless no packet came.
    if (step > DRIFT_US && offset > this.offsetUs) this.noteStep(step);
    this.offsetUs = offset;
  }

  *counters(): IterableIterator<readonly [string, number]> {
    yield ["health.tcp_flows", this.tcpFlows];
    yield ["health.one_sided_flows", this.oneSidedFlows];
    yield ["health.truncated_packets", this.truncatedPackets];
    yield ["health.clock_steps", this.clockSteps];
    yield ["health.clock_step_seconds", Math.round(this.clockStepUs / SECOND_US)];
  }

  private noteStep(stepUs: number): void {
    this.clockSteps++;
    this.clockStepUs += stepUs;
  }
}
