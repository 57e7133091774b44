/** Opens the interfaces named on the command line with the driver asked for. */
import { AfPacketSource, SOURCE_REGION_BYTES } from "../../node/live/af-packet-source.ts";
import { findAddon } from "../../node/live/native-addon.ts";
import { offloadLine, readOffloads } from "../../node/live/offload-settings.ts";
import { allTexts, lastText, type ParsedCommand } from "../command.ts";
import { ListenPump } from "./listen-pump.ts";
import { ringBytes } from "./live-command.ts";
import type { LiveSession } from "./live-session.ts";

/** @param fanoutBase group of the first interface when several threads share the traffic; -1 for one thread. */
export function openListenPump(
  parsed: ParsedCommand,
  session: LiveSession,
  fanoutBase: number,
): ListenPump {
  const sources = allTexts(parsed, "interface").map((name, interfaceIndex) => {
    const regionStart = session.arena.allocate(SOURCE_REGION_BYTES);
    return new AfPacketSource({
      name,
      interfaceIndex,
      arena: session.arena.bytes,
      regionStart,
      filter: lastText(parsed, "filter") ?? "",
      promiscuous: !parsed.switches.has("no-promiscuous"),
      ringBytes: ringBytes(parsed),
      fanoutGroup: fanoutBase < 0 ? -1 : fanoutBase + interfaceIndex,
    });
  });
  return new ListenPump(sources, (record) => session.process(record));
}

export function reportOffloads(names: readonly string[]): void {
  const addon = findAddon();
  if (addon === null) return;
  for (const name of names) {
    const line = offloadLine(readOffloads(addon, name));
    if (line !== null) console.error(line);
  }
}
