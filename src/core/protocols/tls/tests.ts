/** Tests of TLS that are no buffers: versions, states, the old tests of names, the validity of certificates. */
import { matchesNumber, parseNumberComparison } from "../../rule/number-comparison.ts";
import { defineTest, type ProtocolTest, type TestSource, testSource } from "../test.ts";
import { nameTestSources } from "./name-tests.ts";
import { ClientState, ServerState, type TlsTransaction } from "./transaction.ts";
import { validityTestSources } from "./validity-tests.ts";
import { sslState, sslVersion, tlsVersion, type VersionTest } from "./version-tests.ts";

const certChainLength = defineTest({
  name: "tls.cert_chain_len",
  family: "tls",
  summary: "Compares the number of certificates that were sent.",
  syntax: "tls.cert_chain_len:[op]N",
  argument: "required",
  examples: [
    { options: "tls.cert_chain_len:3;", meaning: "three certificates" },
    { options: "tls.cert_chain_len:>2;", meaning: "more than two certificates" },
  ],
  parse: (option) => parseNumberComparison(option, { bits: 32 }),
});

export const tlsTests: readonly TestSource[] = [
  ...onVersion(tlsVersion),
  ...onVersion(sslVersion),
  ...(["toServer", "toClient"] as const).map((side) =>
    testSource(sslState, {
      side,
      progress: 0,
      mayTurnTrue: true,
      run: ({ current }: TlsTransaction, { marks, negated }) => ((current & marks) ^ negated) !== 0,
    }),
  ),
  testSource(certChainLength, {
    side: "toServer",
    progress: ClientState.certificateDone,
    run: ({ client: { chain } }: TlsTransaction, comparison) =>
      chain.length > 0 && matchesNumber(comparison, chain.length),
  }),
  testSource(certChainLength, {
    side: "toClient",
    progress: ServerState.certificateDone,
    run: ({ server: { chain } }: TlsTransaction, comparison) =>
      matchesNumber(comparison, chain.length),
  }),
  ...nameTestSources,
  ...validityTestSources,
];

/** The version of the side that speaks, from its first record on. */
function onVersion(test: ProtocolTest<VersionTest>): readonly TestSource[] {
  return [
    testSource(test, {
      side: "toServer",
      progress: ClientState.inProgress,
      run: ({ client }: TlsTransaction, matches) => matches(client.version),
    }),
    testSource(test, {
      side: "toClient",
      progress: ServerState.inProgress,
      run: ({ server }: TlsTransaction, matches) => matches(server.version),
    }),
  ];
}
