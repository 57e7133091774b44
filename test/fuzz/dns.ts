/** Feeds bytes to the DNS parser as datagrams of both kinds; what came out is written and listed. */
import { eveOf, parseDatagram } from "../core/protocols/dns/harness.ts";
import type { FuzzTarget } from "./fuzz-target.ts";

export const dnsDatagramTarget: FuzzTarget = {
  name: "dns-datagram",
  run(bytes) {
    for (const variant of ["unicast", "multicast"] as const) {
      for (const direction of [0, 1] as const) {
        const transaction = parseDatagram(bytes, direction, variant);
        if (transaction === null) continue;
        eveOf(transaction);
        if (transaction.responseNames.some((name) => name.length === 0)) {
          throw new Error("an empty name is listed");
        }
      }
    }
  },
};
