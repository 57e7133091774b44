/**
 * The keys that an exchange is settled with, written into their tables, and their rows brought out of memory together.
 *
 * @hotpath
 */
import { type Exchange, ExchangeKey } from "./exchange.ts";
import type { MeterTable } from "./meter-table.ts";
import type { KeyKind } from "./metric.ts";

/** Reads the rows of all keys of the exchange, first where they are, then the rows themselves. */
export function reachRows(
  { host, pair, service }: Readonly<Record<KeyKind, MeterTable | null>>,
  exchange: Exchange,
): number {
  const { slots, client, server, ipVersion } = exchange;
  let clientRow = 0;
  let serverRow = 0;
  let pairRow = 0;
  let serviceRow = 0;
  if (host !== null) {
    setHostKey(host, client, ipVersion);
    clientRow = host.table.guess(slots[ExchangeKey.client]!);
    setHostKey(host, server, ipVersion);
    serverRow = host.table.guess(slots[ExchangeKey.server]!);
  }
  if (pair !== null) {
    setPairKey(pair, exchange);
    pairRow = pair.table.guess(slots[ExchangeKey.pair]!);
  }
  if (service !== null) {
    setServiceKey(service, exchange);
    serviceRow = service.table.guess(slots[ExchangeKey.service]!);
  }
  let read = 0;
  if (host !== null) read ^= host.table.reach(clientRow) ^ host.table.reach(serverRow);
  if (pair !== null) read ^= pair.table.reach(pairRow);
  if (service !== null) read ^= service.table.reach(serviceRow);
  return read;
}

export function setHostKey({ table }: MeterTable, address: Int32Array, ipVersion: number): void {
  const { key } = table;
  for (let i = 0; i < 4; i++) key[i] = address[i]!;
  key[4] = ipVersion;
}

export function setPairKey({ table }: MeterTable, { client, server, ipVersion }: Exchange): void {
  const { key } = table;
  for (let i = 0; i < 4; i++) {
    key[i] = client[i]!;
    key[4 + i] = server[i]!;
  }
  key[8] = ipVersion;
}

export function setServiceKey({ table }: MeterTable, exchange: Exchange): void {
  const { key } = table;
  for (let i = 0; i < 4; i++) key[i] = exchange.server[i]!;
  key[4] = exchange.ipVersion;
  key[5] = (exchange.protocol << 16) | exchange.serverPort;
}
