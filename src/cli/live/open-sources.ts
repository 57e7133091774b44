/** Opens the interfaces named on the command line with the driver asked for. */
import { AfPacketSource, SOURCE_REGION_BYTES } from "../../node/live/af-packet-source.ts";
import { CAP_REGION_BYTES, isCapInstalled, openCapSource } from "../../node/live/cap-source.ts";
import { CapturePlayback, PLAYBACK_REGION_BYTES } from "../../node/live/capture-playback.ts";
import type { LiveRecord, LiveSource } from "../../node/live/live-source.ts";
import { offloadLine, readOffloads } from "../../node/live/offload-settings.ts";
import { readCaptureIntoMemory } from "../../node/live/read-capture.ts";
import { findAddon } from "../../node/native/native-addon.ts";
import {
  allTexts,
  type CommandOption,
  lastText,
  type ParsedCommand,
  UsageError,
} from "../command.ts";
import { ListenPump } from "./listen-pump.ts";
import { readNumber, ringBytes } from "./live-command.ts";
import type { LiveSession } from "./live-session.ts";

export const sourceOptions: readonly CommandOption[] = [
  {
    name: "interface",
    short: "i",
    value: "NAME",
    multiple: true,
    summary: "interface to watch; may be given several times",
  },
  { name: "filter", value: "TEXT", summary: "only what this filter of tcpdump lets through" },
  {
    name: "driver",
    value: "NAME",
    summary: "af-packet: the ring of Linux; cap: libpcap by the npm package cap",
  },
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
];

/** What packets will come from: interfaces, or the one capture that is played back. Throws UsageError. */
export function sourceNames(parsed: ParsedCommand): readonly string[] {
  const playback = lastText(parsed, "playback");
  if (playback !== null) return [playback];
  const names = allTexts(parsed, "interface");
  if (names.length === 0) throw new UsageError("name an interface: -i IFACE");
  return names;
}

type Driver = "af-packet" | "cap";

/**
 * @param fanoutBase group of the first interface when several threads share the traffic; -1 for one thread.
 * @param onRecord what takes the packets; the session's engine by default.
 * Throws LiveError, CaptureError, UsageError.
 */
export async function openListenPump(
  parsed: ParsedCommand,
  session: LiveSession,
  fanoutBase: number,
  onRecord: (record: LiveRecord) => unknown = (record) => session.process(record),
): Promise<ListenPump> {
  const take = (record: LiveRecord): void => void onRecord(record);
  const playback = lastText(parsed, "playback");
  if (playback !== null)
    return new ListenPump([await openPlayback(parsed, session, playback)], take);
  const driver = chooseDriver(parsed);
  const sources: LiveSource[] = [];
  for (const [index, name] of allTexts(parsed, "interface").entries()) {
    const fanoutGroup = fanoutBase < 0 ? -1 : fanoutBase + index;
    sources.push(await openSource(driver, parsed, session, { name, index, fanoutGroup }));
  }
  return new ListenPump(sources, take);
}

/** The live engine over a capture: everything but the interface is real. Ends with the capture. */
async function openPlayback(
  parsed: ParsedCommand,
  session: LiveSession,
  file: string,
): Promise<CapturePlayback> {
  return new CapturePlayback({
    name: file,
    interfaceIndex: 0,
    arena: session.arena.bytes,
    regionStart: session.arena.allocate(PLAYBACK_REGION_BYTES),
    ...(await readCaptureIntoMemory(file)),
    packetsPerSecond: readNumber(parsed, "playback-rate", 0),
    rounds: readNumber(parsed, "playback-rounds", 1),
    onEnd: () => session.stop(),
  });
}

async function openSource(
  driver: Driver,
  parsed: ParsedCommand,
  session: LiveSession,
  place: { readonly name: string; readonly index: number; readonly fanoutGroup: number },
): Promise<LiveSource> {
  const { arena } = session;
  const isRing = driver === "af-packet";
  const options = {
    name: place.name,
    interfaceIndex: place.index,
    arena: arena.bytes,
    regionStart: arena.allocate(isRing ? SOURCE_REGION_BYTES : CAP_REGION_BYTES),
    filter: lastText(parsed, "filter") ?? "",
  };
  if (!isRing) return await openCapSource(options);
  return new AfPacketSource({
    ...options,
    promiscuous: !parsed.switches.has("no-promiscuous"),
    ringBytes: ringBytes(parsed),
    fanoutGroup: place.fanoutGroup,
  });
}

/** The ring where the addon is, else libpcap; what was asked for in any case. */
function chooseDriver(parsed: ParsedCommand): Driver {
  const asked = lastText(parsed, "driver");
  if (asked === "af-packet" || asked === "cap") return asked;
  if (asked !== null) throw new UsageError(`--driver takes af-packet or cap, found "${asked}"`);
  return findAddon() === null && isCapInstalled() ? "cap" : "af-packet";
}

export function reportOffloads(names: readonly string[]): void {
  const addon = findAddon();
  if (addon === null) return;
  for (const name of names) {
    const line = offloadLine(readOffloads(addon, name));
    if (line !== null) console.error(line);
  }
}
