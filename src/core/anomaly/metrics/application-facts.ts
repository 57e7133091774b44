/**
 * What metrics want to know of application protocols: DNS queries and names that do not exist, TLS client hellos and
 * their server names, user agents of HTTP/1 requests. Each transaction is looked at when its parser got data, until its
 * facts are known. HTTP/2 is left out: its header blocks are mostly within TLS.
 *
 * @hotpath
 */
import type { Flow } from "../../flow/flow.ts";
import type { ApplicationState } from "../../protocols/application-state.ts";
import { DnsTransaction } from "../../protocols/dns/transaction.ts";
import { Http1Transaction } from "../../protocols/http1/transaction.ts";
import { TlsTransaction } from "../../protocols/tls/transaction.ts";
import type { Transaction } from "../../protocols/transaction.ts";

const RCODE_MASK = 0x0f;
const NXDOMAIN = 3;

export class ApplicationFacts {
  dnsQueries = 0;
  nxdomain = 0;
  tlsWithoutName = 0;
  /** Null without. */
  serverName: Uint8Array | null = null;
  userAgent: Uint8Array | null = null;

  get isEmpty(): boolean {
    return (
      this.dnsQueries === 0 &&
      this.nxdomain === 0 &&
      this.tlsWithoutName === 0 &&
      this.serverName === null &&
      this.userAgent === null
    );
  }

  clear(): void {
    this.dnsQueries = this.nxdomain = this.tlsWithoutName = 0;
    this.serverName = this.userAgent = null;
  }

  /**
   * Adds the facts of transactions from number `firstId` on; returns the number of the first one whose facts are not
   * known yet.
   */
  read(state: ApplicationState, firstId: number): number {
    const { transactions, registered } = state;
    // Everybody asks everybody there.
    if (registered?.declaration.name === "mdns") return state.transactionsCreated;
    for (let i = 0; i < transactions.length; i++) {
      const transaction = transactions[i]!;
      if (transaction.id < firstId) continue;
      if (!this.readOne(transaction)) return transaction.id;
    }
    return state.transactionsCreated;
  }

  private readOne(transaction: Transaction): boolean {
    if (transaction instanceof DnsTransaction) return this.readDns(transaction);
    if (transaction instanceof TlsTransaction) return this.readTls(transaction);
    if (!(transaction instanceof Http1Transaction)) return true;
    if (!transaction.request.hasHeaders) return transaction.isOver;
    this.userAgent = transaction.request.value("user-agent") ?? this.userAgent;
    return true;
  }

  private readDns({ isResponse, message }: DnsTransaction): boolean {
    if (!isResponse) this.dnsQueries++;
    else if ((message.flags & RCODE_MASK) === NXDOMAIN) this.nxdomain++;
    return true;
  }

  private readTls({ client, isOver }: TlsTransaction): boolean {
    if (client.hello === null) return isOver;
    const { sni } = client.hello;
    if (sni === null || sni.length === 0) this.tlsWithoutName++;
    else this.serverName = sni;
    return true;
  }
}

/** The application state of a flow; null until it has carried data. Only the engine fills the slot. */
export function stateOf(flow: Flow): ApplicationState | null {
  return flow.application as ApplicationState | null;
}
