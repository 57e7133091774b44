/** Events of application protocols: the envelope around what the protocol itself writes of a transaction. */

import { applicationOf } from "../../detect/flow-application.ts";
import type { Flow } from "../../flow/flow.ts";
import type { Packet } from "../../layers/packet.ts";
import type { ProtocolRecord, RecordContext } from "../../protocols/record.ts";
import { type RegisteredProtocol, UNKNOWN_PROTOCOL } from "../../protocols/registry.ts";
import type { Settings } from "../../protocols/settings.ts";
import { defaultSettings } from "../../protocols/settings.ts";
import type { Transaction } from "../../protocols/transaction.ts";
import { beginPacketEvent, type EveContext } from "./envelope.ts";
import { forwardedForOf } from "./forwarded-for.ts";
import { writeRuleStateMetadata } from "./metadata-fields.ts";

/** The lines of one record of a transaction; none when the event log does not have its type. */
export function writeTransactionEvents(
  context: EveContext,
  packet: Packet,
  flow: Flow,
  transaction: Transaction,
  record: ProtocolRecord,
): readonly string[] {
  const options = context.options.application.get(record.optionName ?? record.type);
  if (options === undefined) return [];
  const recordContext = recordContextOf(context, flow, options);
  const count = record.count?.(transaction, recordContext) ?? 1;
  const { orientation = "flow" } = record;
  const written =
    typeof orientation === "function" ? orientation(transaction, recordContext) : orientation;
  const client = forwardedForOf(context, packet, flow, transaction, record.type);
  const lines: string[] = [];
  for (let index = 0; index < count; index++) {
    const writer = beginPacketEvent(context, packet, record.type, written, client.override);
    if (context.options.metadata) writeRuleStateMetadata(writer, flow, context.names);
    writer.number("tx_id", transaction.id);
    record.write(writer, transaction, index, recordContext);
    if (client.extra !== null) writer.string("xff", client.extra);
    writer.endObject();
    lines.push(writer.take());
  }
  return lines;
}

/** What a protocol's alert fields are written with. */
export function writeTransactionFields(
  context: EveContext,
  flow: Flow,
  registered: RegisteredProtocol,
  transaction: Transaction,
): void {
  const options = context.options.alert?.settings ?? defaultSettings;
  const recordContext = recordContextOf(context, flow, options);
  registered.declaration.writeAlertFields?.(context.writer, transaction, recordContext);
}

function recordContextOf(context: EveContext, flow: Flow, options: Settings): RecordContext {
  return {
    options,
    originalProtocol: originalOf(context, flow),
    formatTime: (timeUs) => context.timestamps.format(timeUs),
    sourcePort: flow.sourcePort,
    destinationPort: flow.destinationPort,
  };
}

function originalOf({ protocols }: EveContext, flow: Flow): string | null {
  const original = applicationOf(flow)?.original ?? UNKNOWN_PROTOCOL;
  return original === UNKNOWN_PROTOCOL ? null : (protocols?.eveName(original) ?? null);
}
