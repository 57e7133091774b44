import { describe, expect, it } from "vitest";
import { CertificateReporter } from "../../../src/core/engine/certificate-files.ts";
import { Flow } from "../../../src/core/flow/flow.ts";
import { ApplicationState } from "../../../src/core/protocols/application-state.ts";
import { TlsTransaction } from "../../../src/core/protocols/tls/transaction.ts";

function flowWith(transaction: TlsTransaction): Flow {
  const flow = new Flow(0);
  const state = new ApplicationState();
  flow.application = state;
  flow.ipVersion = 4;
  flow.protocol = 6;
  // The list of the state is its parser's; one transaction stands for it.
  (state.transactions as TlsTransaction[]).push(transaction);
  return flow;
}

describe("certificates that rules ask for", () => {
  it("are stored once, of the side that was asked for", () => {
    const stored: string[][] = [];
    const reporter = new CertificateReporter({
      store: (name, pem, note) => stored.push([name, pem, note]),
    });
    const transaction = new TlsTransaction();
    transaction.server.chain.push(new Uint8Array(60).fill(1));
    transaction.client.chain.push(new Uint8Array(3));
    const flow = flowWith(transaction);
    reporter.onFlowEnd(flow, 5_000_001);
    expect(stored).toEqual([]);
    transaction.storeWanted = 2;
    reporter.onFlowEnd(flow, 5_000_001);
    reporter.onFlowEnd(flow, 6_000_000);
    expect(stored.length).toBe(1);
    const [name, pem, note] = stored[0] ?? [];
    expect(name).toBe("5.1-1");
    expect(pem?.split("\n").map((line) => line.length)).toEqual([27, 64, 16, 25, 0]);
    expect(note).toContain("PROTO:             6\n");
  });
});
