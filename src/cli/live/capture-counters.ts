/** Counters of interfaces as the stats event has them, summed. */
import type { InterfaceState } from "./packet-pump.ts";

export function* captureCounters(
  interfaces: readonly InterfaceState[],
): IterableIterator<readonly [string, number]> {
  let packets = 0;
  let kernelDrops = 0;
  let interfaceDrops = 0;
  let sendFailures = 0;
  let forwards = false;
  for (const state of interfaces) {
    packets += state.packets;
    kernelDrops += state.kernelDrops;
    interfaceDrops += state.interfaceDrops;
    sendFailures += state.sendFailures ?? 0;
    forwards ||= state.forwarded !== undefined;
  }
  if (interfaces.length === 0) return;
  yield ["capture.kernel_packets", packets];
  yield ["capture.kernel_drops", kernelDrops];
  yield ["capture.kernel_ifdrops", interfaceDrops];
  if (forwards) yield ["capture.afpacket.send_errors", sendFailures];
}
