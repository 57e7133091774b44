/** shrike listen: the engine on interfaces that it only watches. */
import { AfPacketSource, SOURCE_REGION_BYTES } from "../../node/live/af-packet-source.ts";
import { findAddon } from "../../node/live/native-addon.ts";
import { offloadLine, readOffloads } from "../../node/live/offload-settings.ts";
import { allTexts, type Command, lastText, type ParsedCommand, UsageError } from "../command.ts";
import { ListenPump } from "../live/listen-pump.ts";
import { liveOptions, prepareSession, ringBytes, runSession } from "../live/live-command.ts";
import type { LiveSession } from "../live/live-session.ts";

export const listen: Command = {
  name: "listen",
  summary: "Watches interfaces with rules, and prints alerts or writes EVE JSON.",
  usage: "-i IFACE -S RULES [options]",
  options: [
    {
      name: "interface",
      short: "i",
      value: "NAME",
      multiple: true,
      summary: "interface to watch; may be given several times",
    },
    { name: "filter", value: "TEXT", summary: "only what this filter of tcpdump lets through" },
    { name: "no-promiscuous", summary: "only what is sent to this machine" },
    ...liveOptions,
  ],
  examples: [
    { line: "shrike listen -i eth0 -S local.rules", meaning: "alerts on the terminal" },
    {
      line: "shrike listen -i eth0 -i eth1 -c suricata.yaml -l /var/log/shrike",
      meaning: "two interfaces, events in eve.json",
    },
  ],
  run: runListen,
};

async function runListen(parsed: ParsedCommand): Promise<number> {
  const names = allTexts(parsed, "interface");
  if (names.length === 0) throw new UsageError("name an interface: -i IFACE");
  const session = prepareSession(parsed, false);
  if (typeof session === "number") return session;
  const sources = names.map((name, index) => openSource(parsed, session, name, index));
  reportOffloads(names);
  session.start(names);
  const pump = new ListenPump(sources, (record) => session.process(record));
  console.error(`watching ${names.join(", ")}`);
  return await runSession(parsed, session, pump);
}

function openSource(
  parsed: ParsedCommand,
  session: LiveSession,
  name: string,
  interfaceIndex: number,
): AfPacketSource {
  return new AfPacketSource({
    name,
    interfaceIndex,
    arena: session.arena.bytes,
    regionStart: session.arena.allocate(SOURCE_REGION_BYTES),
    filter: lastText(parsed, "filter") ?? "",
    promiscuous: !parsed.switches.has("no-promiscuous"),
    ringBytes: ringBytes(parsed),
    fanoutGroup: -1,
  });
}

function reportOffloads(names: readonly string[]): void {
  const addon = findAddon();
  if (addon === null) return;
  for (const name of names) {
    const line = offloadLine(readOffloads(addon, name));
    if (line !== null) console.error(line);
  }
}
