/**
 * What an application protocol says about itself: how it is recognised, its parser, its states, buffers, tests,
 * events and records. One folder and one line in index.ts; nothing else in the tree names the protocol.
 */
import type { ByteSlab } from "../bytes/byte-slab.ts";
import type { JsonWriter } from "../eve/json-writer.ts";
import type { BufferSource } from "./buffer.ts";
import type { FlowSide } from "./direction.ts";
import type { FilePolicy } from "./file.ts";
import type { PartialFiles } from "./files/partial-files.ts";
import type { FrameSink } from "./frame.ts";
import type { ProtocolRecord, RecordContext } from "./record.ts";
import type { Settings } from "./settings.ts";
import type { TestSource } from "./test.ts";
import type { Transaction, TransactionList } from "./transaction.ts";

export const TCP = 6;
export const UDP = 17;

/** Bytes at the start of a direction's data that tell the protocol. */
export interface DetectionPattern {
  readonly transport: typeof TCP | typeof UDP;
  readonly side: FlowSide;
  readonly bytes: Uint8Array;
  readonly nocase?: boolean;
  /** Where the pattern may lie: it begins at or after `offset` and ends at or before `depth`. */
  readonly offset: number;
  readonly depth: number;
  /** Name of a protocol that begins the same: where the other direction is of it, so is this one. */
  readonly unlessOther?: string;
  /** Asked when the pattern is there; ProbeResult.no: it is not the protocol after all. */
  readonly confirm?: (
    bytes: Uint8Array,
    start: number,
    end: number,
    direction: number,
    serverPort: number,
    clientPort: number,
  ) => number;
}

export const ProbeResult = {
  no: 0,
  yes: 1,
  needMore: 2,
  /** It is, and the sides are the other way round. */ reversed: 3,
} as const;

export function yesIf(condition: boolean): number {
  return condition ? ProbeResult.yes : ProbeResult.no;
}

/** A function that looks at the first data of flows on some ports. */
export interface DetectionProbe {
  readonly transport: typeof TCP | typeof UDP;
  /** Server ports that it is asked for; null: any. `detection-ports` of the configuration replaces them. */
  readonly ports: readonly number[] | null;
  /** Client ports that it is asked for as well; none when left out. */
  readonly clientPorts?: readonly number[];
  readonly probe: (bytes: Uint8Array, start: number, end: number, direction: number) => number;
}

/** `parse` could not make sense of the data: the parser gets no more of this flow. */
export const PARSE_FAILED = -1;

/** What the frame offers to a parser; valid during the call. */
export interface ParseHost {
  /** Packet time, microseconds. */
  readonly timeUs: number;
  readonly filePolicy: FilePolicy;
  /** For short copies of the data. */
  readonly slab: ByteSlab;
  /** Files that come in parts, over all flows. */
  readonly partialFiles: PartialFiles;
  /** The data is of TCP, in order; else it is one datagram. */
  readonly isStream: boolean;
  /** Where the parser tells of frames; null or left out when nobody wants to know. */
  readonly frames?: FrameSink | null;
  readonly clientPort: number;
  readonly serverPort: number;
  /** The client's IPv4 address as a number; null for IPv6. */
  readonly clientIpv4: number | null;
  /** Stream contents of this direction are to be inspected with the next packet: a message is complete. */
  triggerRaw(direction: number): void;
  /**
   * The flow goes on with another protocol (STARTTLS, CONNECT, upgrade) after the bytes consumed by this call:
   * its name, or null to detect it anew. `expected` is the name that the change promised; `data` goes to the
   * parser of the new protocol. False: another change is under way, and this one does not take place.
   */
  changeProtocol(name: string | null, expected?: string, data?: unknown): boolean;
  /** The flow turns out to be of a kind of its protocol (`kindOf`); parser and transactions stay. */
  specialise?(name: string): void;
  /** Contents of the payload and stream tell nothing any more (encrypted). */
  stopPayloadInspection(): void;
  /** No more reassembly and parsing of this flow. */
  stopReassembly(): void;
  /** All further packets of the flow need no looking at. */
  bypass(): void;
  /**
   * A connection to come between the flow's two hosts belongs to this one (FTP data): it will get the protocol
   * `name` and its parser the `data`. The server port is that of the passive side; null: any.
   */
  expect(expectation: Expectation): void;
}

export interface Expectation {
  readonly protocol: string;
  /** Port that the data connection goes to. */
  readonly port: number;
  /** TO_SERVER: the flow's client opens the connection, to the server; TO_CLIENT: the server opens it, to the client. */
  readonly direction: number;
  readonly data: unknown;
}

export interface ProtocolParser {
  readonly transactions: TransactionList;
  /**
   * Takes the bytes [start, end) that follow what was consumed before in this direction. Returns how many it is
   * done with: the others come again, followed by more. PARSE_FAILED ends it. Data of UDP is one datagram a call
   * and never comes again.
   */
  parse(direction: number, bytes: Uint8Array, start: number, end: number, host: ParseHost): number;
  /** `byteLength` bytes of the direction were lost before the next data. False: it cannot go on. */
  gap?(direction: number, byteLength: number, host: ParseHost): boolean;
  /** Past the reassembly depth: nothing more of the direction will be seen, the other goes on. May be said again. */
  truncate?(direction: number, host: ParseHost): void;
  /** Nothing more will come in this direction: what is open is closed, transactions are completed. */
  end?(direction: number, host: ParseHost): void;
}

export interface ProtocolDeclaration {
  /** Name in rules and events, as "http1" in rule headers. */
  readonly name: string;
  /** The name in EVE's `app_proto`; `name` when left out ("http" for http1). */
  readonly eveName?: string;
  /** More names in rule headers that admit this protocol: "http" for http1 and http2. */
  readonly ruleNames?: readonly string[];
  /**
   * The protocol that this one is a kind of: flows become it when that protocol's parser says so, and its
   * transactions, buffers and events are those of that protocol.
   */
  readonly kindOf?: string;
  /** Name under `app-layer.protocols` when it differs. */
  readonly configName?: string;
  readonly summary: string;
  readonly transports: readonly number[];
  /** The side that speaks first; data of the other side first is not this protocol. Either when left out. */
  readonly firstSide?: FlowSide;
  /** Whether it is on when the configuration says nothing. */
  readonly enabledByDefault: boolean;
  readonly patterns: readonly DetectionPattern[];
  readonly probes: readonly DetectionProbe[];
  /** Names of states by direction, from the first (0) to the complete one (the last). */
  readonly states: { readonly toServer: readonly string[]; readonly toClient: readonly string[] };
  /** Names of events as in `app-layer-event:dns.NAME`; a code is the place in this list. */
  readonly events: readonly string[];
  /** Names of events that older versions had: rules that ask for them are skipped quietly. */
  readonly outdatedEvents?: readonly string[];
  /** EVE's anomaly events write the names of events in upper case (as Suricata does for its older parsers). */
  readonly hasUpperCaseEvents?: boolean;
  /** Names of frame types; a type is the place in this list. None when left out. */
  readonly frames?: readonly string[];
  readonly buffers: readonly BufferSource[];
  readonly tests: readonly TestSource[];
  readonly records: readonly ProtocolRecord[];
  /** What alerts about a transaction carry, as the object `http`. */
  readonly writeAlertFields?: (
    writer: JsonWriter,
    transaction: Transaction,
    context: RecordContext,
  ) => void;
  /** The client behind a proxy, as text, as the header field of that name says; null when none does. */
  readonly forwardedFor?: (
    transaction: Transaction,
    deployment: "forward" | "reverse",
    header: string,
  ) => string | null;
  /** Null: the protocol is recognised but not parsed. */
  readonly createFactory: ((settings: Settings) => ParserFactory) | null;
  /** Bytes of each direction that are followed instead of the usual depth of reassembly; 0 for all. */
  readonly streamDepthBytes?: (settings: Settings) => number;
}

/** Makes parsers with the options that were read once. `data` is what an Expectation or a change carried. */
export type ParserFactory = (data?: unknown) => ProtocolParser;

export function defineProtocol(declaration: ProtocolDeclaration): ProtocolDeclaration {
  return declaration;
}
