/**
 * A DNS message is a transaction of its own: requests and responses are not paired, since each is whole and
 * responses without a request matter as well.
 */
import { TO_CLIENT, TO_SERVER } from "../direction.ts";
import { Transaction } from "../transaction.ts";
import { type DnsMessage, HeaderFlag, opcodeOf } from "./message.ts";
import { responseNames } from "./transaction-names.ts";

export const DnsState = { started: 0, complete: 1 } as const;

export const DnsEvent = {
  malformedData: 0,
  notRequest: 1,
  notResponse: 2,
  zFlagSet: 3,
  invalidOpcode: 4,
  nameTooLong: 5,
  infiniteLoop: 6,
  tooManyLabels: 7,
  invalidAdditionals: 8,
  invalidAuthorities: 9,
} as const;

export const dnsEventNames: readonly string[] = [
  "malformed_data",
  "not_request",
  "not_response",
  "z_flag_set",
  "invalid_opcode",
  "name_too_long",
  "infinite_loop",
  "too_many_labels",
  "invalid_additionals",
  "invalid_authorities",
];

/** The last assigned opcode is 6 (RFC 8490). */
const FIRST_UNASSIGNED_OPCODE = 7;

export class DnsTransaction extends Transaction {
  readonly message: DnsMessage;
  /** The message answers. For unicast DNS that is its direction; multicast DNS tells by the header. */
  readonly isResponse: boolean;
  private names: readonly Uint8Array[] | null = null;

  constructor(message: DnsMessage, direction: number, isResponse: boolean) {
    super();
    this.message = message;
    this.isResponse = isResponse;
    this.reach(TO_SERVER, DnsState.complete);
    this.reach(TO_CLIENT, DnsState.complete);
    // There is nothing of the other direction to inspect.
    this.inspected = direction === TO_SERVER ? 2 : 1;
    this.addEvents();
  }

  /** All names of a response, in the order in which rules look at them. */
  get responseNames(): readonly Uint8Array[] {
    this.names ??= responseNames(this.message);
    return this.names;
  }

  private addEvents(): void {
    const { message } = this;
    const { problems, flags } = message;
    if (message.hasBrokenAdditionals) this.addEvent(DnsEvent.invalidAdditionals);
    if (message.hasBrokenAuthorities) this.addEvent(DnsEvent.invalidAuthorities);
    if (this.isResponse && (flags & HeaderFlag.response) === 0) {
      this.addEvent(DnsEvent.notResponse);
    }
    if ((flags & HeaderFlag.z) !== 0) this.addEvent(DnsEvent.zFlagSet);
    if (opcodeOf(message) >= FIRST_UNASSIGNED_OPCODE) this.addEvent(DnsEvent.invalidOpcode);
    if (problems.hasCutName) this.addEvent(DnsEvent.nameTooLong);
    if (problems.hasLoop) this.addEvent(DnsEvent.infiniteLoop);
    if (problems.hasTooManyLabels) this.addEvent(DnsEvent.tooManyLabels);
  }
}
