/** Tests of TLS that are no buffers: versions, states, the old tests of names, the validity of certificates. */
import { matchesNumber, parseNumberComparison } from "../../rule/number-comparison.ts";
import { defineTest, type ProtocolTest, type TestSource, testSource } from "../test.ts";
import { nameTestSources } from "./name-tests.ts";
import { ClientState, ServerState, type TlsSide, type TlsTransaction } from "./transaction.ts";
import { validityTestSources } from "./validity-tests.ts";
import { sslState, sslVersion, tlsVersion } from "./version-tests.ts";

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
  ...onBothSides(tlsVersion, 0, 0, (side, matches) => matches(side.version)),
  ...onBothSides(sslVersion, 0, 0, (side, matches) => matches(side.version)),
  ...(["toServer", "toClient"] as const).map((side) =>
    testSource(sslState, {
      side,
      progress: 0,
      mayTurnTrue: true,
      run: ({ current }: TlsTransaction, { marks, negated }) => ((current & marks) ^ negated) !== 0,
    }),
  ),
  ...onBothSides(
    certChainLength,
    ClientState.certificateDone,
    ServerState.certificateDone,
    (side, comparison) => side.chain.length > 0 && matchesNumber(comparison, side.chain.length),
  ),
  ...nameTestSources,
  ...validityTestSources,
];

function onBothSides<Value>(
  test: ProtocolTest<Value>,
  clientProgress: number,
  serverProgress: number,
  run: (side: TlsSide, value: Value) => boolean,
): readonly TestSource[] {
  return [
    testSource(test, {
      side: "toServer",
      progress: clientProgress,
      run: ({ client }: TlsTransaction, value) => run(client, value),
    }),
    testSource(test, {
      side: "toClient",
      progress: serverProgress,
      run: ({ server }: TlsTransaction, value) => run(server, value),
    }),
  ];
}
