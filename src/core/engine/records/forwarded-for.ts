/**
 * The client behind a proxy, as the protocol's records know it (`xff`): written beside the event, or in place of
 * the address that the packet has for it.
 */
import { applicationOf } from "../../detect/flow-application.ts";
import type { Flow } from "../../flow/flow.ts";
import { Direction, type Packet } from "../../layers/packet.ts";
import type { Transaction } from "../../protocols/transaction.ts";
import type { AddressOverride, EveContext } from "./envelope.ts";

export interface ForwardedFor {
  /** To be written as `xff`; null when it replaces an address. */
  readonly extra: string | null;
  readonly override: AddressOverride | null;
}

const NOTHING: ForwardedFor = { extra: null, override: null };

/** @param type of the event, as under `outputs.eve-log.types`. @param transaction null: any of the flow's. */
export function forwardedForOf(
  { options }: EveContext,
  packet: Packet,
  flow: Flow | null,
  transaction: Transaction | null,
  type: string,
): ForwardedFor {
  const wanted = options.forwardedFor.get(type);
  if (wanted === undefined || flow === null) return NOTHING;
  const state = applicationOf(flow);
  const find = state?.registered?.declaration.forwardedFor;
  if (state === null || find === undefined) return NOTHING;
  for (const candidate of transaction === null ? state.transactions : [transaction]) {
    const address = find(candidate, wanted.deployment, wanted.header);
    if (address === null) continue;
    if (!wanted.overwrites) return { extra: address, override: null };
    const isToClient = packet.direction === Direction.toClient;
    const override = isToClient ? { destination: address } : { source: address };
    return { extra: null, override };
  }
  return NOTHING;
}
