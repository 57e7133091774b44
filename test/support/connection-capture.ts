/** A TCP connection written down as what each side says, in turns, as a capture. */
import { encodePcap } from "../../src/core/pcap/writer.ts";
import { ethernet, ipv4, tcp } from "./packets/index.ts";

export interface Turn {
  readonly from: "client" | "server";
  /** As latin-1 text. */
  readonly text: string;
}

const CLIENT = "192.0.2.1";
const SERVER = "198.51.100.2";

/** Handshake, then each turn in one packet that the other side acknowledges, then both sides' FIN. */
export function captureOfTurns(turns: readonly Turn[], serverPort = 80): Uint8Array {
  const packets: { bytes: Uint8Array; timeUs: number }[] = [];
  let timeUs = 1_700_000_000_000_000;
  const next = { client: 1001, server: 5001 };
  const send = (from: Turn["from"], flags: string, payload = ""): void => {
    const isClient = from === "client";
    const other = isClient ? "server" : "client";
    const isSyn = flags.includes("S");
    const bytes = tcp({
      sourcePort: isClient ? 40_000 : serverPort,
      destinationPort: isClient ? serverPort : 40_000,
      flags,
      seq: next[from] - (isSyn ? 1 : 0),
      ack: flags.includes("A") ? next[other] : 0,
      payload,
    })
      .over(
        ipv4(
          isClient
            ? { source: CLIENT, destination: SERVER }
            : { source: SERVER, destination: CLIENT },
        ),
      )
      .over(ethernet());
    timeUs += 1000;
    packets.push({ bytes, timeUs });
    next[from] += payload.length + (flags.includes("F") ? 1 : 0);
  };
  send("client", "S");
  send("server", "SA");
  send("client", "A");
  for (const { from, text } of turns) {
    send(from, "PA", text);
    send(from === "client" ? "server" : "client", "A");
  }
  send("client", "FA");
  send("server", "FA");
  send("client", "A");
  return encodePcap(packets, 1);
}
