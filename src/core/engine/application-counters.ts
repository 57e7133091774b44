/** Counts flows, transactions and errors of application protocols, by protocol and transport. */
import { TCP, UDP } from "../protocols/protocol.ts";
import type { ProtocolRegistry } from "../protocols/registry.ts";

/** Counts by protocol number. */
class TransportCounts {
  readonly flows: Float64Array;
  readonly transactions: Float64Array;
  readonly errors: Float64Array;
  failedFlows = 0;

  constructor(protocolCount: number) {
    this.flows = new Float64Array(protocolCount + 1);
    this.transactions = new Float64Array(protocolCount + 1);
    this.errors = new Float64Array(protocolCount + 1);
  }
}

export class ApplicationCounters {
  private readonly registry: ProtocolRegistry;
  private readonly tcp: TransportCounts;
  private readonly udp: TransportCounts;

  constructor(registry: ProtocolRegistry) {
    this.registry = registry;
    this.tcp = new TransportCounts(registry.protocols.length);
    this.udp = new TransportCounts(registry.protocols.length);
  }

  of(isStream: boolean): TransportCounts {
    return isStream ? this.tcp : this.udp;
  }

  /** Names as in Suricata: with the transport only where a protocol has two. */
  *all(): IterableIterator<readonly [string, number]> {
    for (const { id, declaration, mode } of this.registry.protocols) {
      if (mode === "no" || declaration.kindOf !== undefined) continue;
      const { transports, eveName: name = declaration.name } = declaration;
      for (const transport of transports) {
        const suffix = transports.length === 1 ? "" : transport === UDP ? "_udp" : "_tcp";
        const counts = this.of(transport === TCP);
        yield [`app_layer.flow.${name}${suffix}`, counts.flows[id]!];
        yield [`app_layer.tx.${name}${suffix}`, counts.transactions[id]!];
        yield [`app_layer.error.${name}${suffix}.parser`, counts.errors[id]!];
      }
    }
    yield ["app_layer.flow.failed_tcp", this.tcp.failedFlows];
    yield ["app_layer.flow.failed_udp", this.udp.failedFlows];
  }
}
