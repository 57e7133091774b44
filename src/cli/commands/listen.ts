/** shrike listen: the engine on interfaces that it only watches. */
import { AfPacketSource, SOURCE_REGION_BYTES } from "../../node/live/af-packet-source.ts";
import { CapturePlayback, PLAYBACK_REGION_BYTES } from "../../node/live/capture-playback.ts";
import { findAddon } from "../../node/live/native-addon.ts";
import { offloadLine, readOffloads } from "../../node/live/offload-settings.ts";
import { readCaptureIntoMemory } from "../../node/live/read-capture.ts";
import { allTexts, type Command, lastText, type ParsedCommand, UsageError } from "../command.ts";
import { ListenPump } from "../live/listen-pump.ts";
import {
  liveOptions,
  prepareSession,
  readNumber,
  ringBytes,
  runSession,
} from "../live/live-command.ts";
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
    { name: "playback", value: "FILE", summary: "plays a capture back instead of watching" },
    {
      name: "playback-rate",
      value: "N",
      summary: "packets a second; without, all that can be taken",
    },
    {
      name: "playback-rounds",
      value: "N",
      summary: "how often the capture is played; once without",
    },
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
  const playback = lastText(parsed, "playback");
  if (playback !== null) return await playBack(parsed, playback);
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

/** The live engine over a capture: everything but the interface is real. Ends with the capture. */
async function playBack(parsed: ParsedCommand, file: string): Promise<number> {
  const session = prepareSession(parsed, false);
  if (typeof session === "number") return session;
  const source = new CapturePlayback({
    name: file,
    interfaceIndex: 0,
    arena: session.arena.bytes,
    regionStart: session.arena.allocate(PLAYBACK_REGION_BYTES),
    ...(await readCaptureIntoMemory(file)),
    packetsPerSecond: readNumber(parsed, "playback-rate", 0),
    rounds: readNumber(parsed, "playback-rounds", 1),
    onEnd: () => session.stop(),
  });
  session.start([file]);
  const pump = new ListenPump([source], (record) => session.process(record));
  console.error(`playing back ${file}`);
  return await runSession(parsed, session, pump);
}

function reportOffloads(names: readonly string[]): void {
  const addon = findAddon();
  if (addon === null) return;
  for (const name of names) {
    const line = offloadLine(readOffloads(addon, name));
    if (line !== null) console.error(line);
  }
}
