/** Counts what became of packets inline: let through or not, and why not. */
import { DropReason, dropReasonNames, VERDICT_STOPS, Verdict } from "../detect/verdict.ts";
import type { Flow } from "../flow/flow.ts";
import { Direction, type Packet } from "../layers/packet.ts";

/** Reasons that have a counter from the start; the others get theirs once they occur. */
const reportedAlways: readonly number[] = [
  DropReason.flowDrop,
  DropReason.rules,
  DropReason.innerPacket,
];

export class VerdictCounts {
  private readonly reasons = new Float64Array(dropReasonNames.length);
  private accepted = 0;
  private blocked = 0;
  private rejected = 0;

  count(packet: Packet): void {
    if ((packet.verdict & VERDICT_STOPS) === 0) {
      this.accepted++;
      return;
    }
    this.blocked++;
    const rejects = Verdict.rejectSource | Verdict.rejectDestination;
    if ((packet.verdict & rejects) !== 0) this.rejected++;
    this.reasons[packet.dropReason]!++;
  }

  *entries(): IterableIterator<readonly [string, number]> {
    yield ["ips.accepted", this.accepted];
    yield ["ips.blocked", this.blocked];
    yield ["ips.rejected", this.rejected];
    for (let reason = 1; reason < dropReasonNames.length; reason++) {
      const count = this.reasons[reason]!;
      if (count === 0 && !reportedAlways.includes(reason)) continue;
      const name = (dropReasonNames[reason] ?? "").replaceAll(" ", "_");
      yield [`ips.drop_reason.${name}`, count];
    }
  }
}

/** Packets of flows that are looked at no more. */
export class BypassCounts {
  private packets = 0;
  private bytes = 0;

  count(packet: Packet, flow: Flow): void {
    this.packets++;
    this.bytes += packet.wireLength;
    flow.bypassedPackets++;
    flow.bypassedBytes += packet.wireLength;
    if (packet.direction !== Direction.toServer) return;
    flow.bypassedPacketsToServer++;
    flow.bypassedBytesToServer += packet.wireLength;
  }

  *entries(): IterableIterator<readonly [string, number]> {
    yield ["flow_bypassed.local_pkts", this.packets];
    yield ["flow_bypassed.local_bytes", this.bytes];
  }
}
