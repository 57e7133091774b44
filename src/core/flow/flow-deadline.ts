/**
 * When a flow is over for want of packets: by protocol and state, sooner in emergency mode.
 *
 * @hotpath
 */
import { type Flow, FlowState } from "./flow.ts";
import type { FlowOptions, FlowTimeouts } from "./flow-options.ts";

/** Packet time in microseconds. */
export function flowDeadlineUs(flow: Flow, { timeouts }: FlowOptions, emergency: boolean): number {
  const own = timeoutsOf(flow, timeouts);
  return flow.lastUs + secondsOf(flow.state, own, emergency) * 1_000_000;
}

function timeoutsOf({ protocol }: Flow, timeouts: FlowOptions["timeouts"]): FlowTimeouts {
  if (protocol === 6) return timeouts.tcp;
  if (protocol === 17) return timeouts.udp;
  return protocol === 1 || protocol === 58 ? timeouts.icmp : timeouts.default;
}

function secondsOf(state: number, timeouts: FlowTimeouts, emergency: boolean): number {
  switch (state) {
    case FlowState.established:
      return emergency ? timeouts.emergencyEstablishedSeconds : timeouts.establishedSeconds;
    case FlowState.closed:
      return emergency ? timeouts.emergencyClosedSeconds : timeouts.closedSeconds;
    case FlowState.bypassed:
      return emergency ? timeouts.emergencyBypassedSeconds : timeouts.bypassedSeconds;
    default:
      return emergency ? timeouts.emergencyNewSeconds : timeouts.newSeconds;
  }
}

/** Too recently used to be given up: seconds without a packet by state, as Suricata judges it. */
export function isBusy(flow: Flow, nowUs: number): boolean {
  const idle = Math.floor(nowUs / 1_000_000) - Math.floor(flow.lastUs / 1_000_000);
  if (flow.state === FlowState.new) return idle <= 1;
  if (flow.state === FlowState.established) return idle <= 5;
  return idle <= 3;
}
