/**
 * EVE records of application protocols: what is written about a transaction, as an event of its own and inside
 * alerts. The frame writes the envelope (time, flow, addresses, `tx_id`, `app_proto`).
 */
import type { JsonWriter } from "../eve/json-writer.ts";
import type { Settings } from "./settings.ts";
import type { Transaction } from "./transaction.ts";

/** What a record may know beside the transaction. */
export interface RecordContext {
  /** Options of this record in the event log (`outputs.eve-log.types.http`). */
  readonly options: Settings;
  /** Packet time in microseconds to EVE's form. */
  formatTime(timeUs: number): string;
  /** EVE's name of the protocol before a change (STARTTLS, CONNECT); null without. */
  readonly originalProtocol: string | null;
  /** Flow numbers that some records repeat. */
  readonly sourcePort: number;
  readonly destinationPort: number;
}

export interface RecordSpec<Tx extends Transaction> {
  /** `event_type`, and the name under `outputs.eve-log.types` unless `optionName` differs. */
  readonly type: string;
  readonly optionName?: string;
  readonly summary: string;
  /** Dotted field name to its meaning, with the unit. */
  readonly fields: Readonly<Record<string, string>>;
  /** Written when both directions have reached these states; both complete when left out. */
  readonly progress?: readonly [number, number];
  /**
   * Whose addresses are the source: the client's ("flow", the default), the server's ("reverse"), the packet's
   * sender, or as the transaction says.
   */
  readonly orientation?:
    | "flow"
    | "packet"
    | "reverse"
    | ((transaction: Tx, context: RecordContext) => "flow" | "reverse");
  /** Events of one transaction; 1 when left out. 0: it is not logged. */
  readonly count?: (transaction: Tx, context: RecordContext) => number;
  /** Writes the record's own fields, as the object `http`. */
  readonly write: (
    writer: JsonWriter,
    transaction: Tx,
    index: number,
    context: RecordContext,
  ) => void;
}

export type ProtocolRecord = RecordSpec<Transaction>;

export function defineRecord<Tx extends Transaction>(record: RecordSpec<Tx>): ProtocolRecord {
  // The frame gives a record its own protocol's transactions only.
  return record as unknown as ProtocolRecord;
}
