/** Opens the interfaces named on the command line with the driver asked for. */
import { AfPacketSource, SOURCE_REGION_BYTES } from "../../node/live/af-packet-source.ts";
import { CAP_REGION_BYTES, isCapInstalled, openCapSource } from "../../node/live/cap-source.ts";
import type { LiveSource } from "../../node/live/live-source.ts";
import { offloadLine, readOffloads } from "../../node/live/offload-settings.ts";
import { findAddon } from "../../node/native/native-addon.ts";
import { allTexts, lastText, type ParsedCommand, UsageError } from "../command.ts";
import { ListenPump } from "./listen-pump.ts";
import { ringBytes } from "./live-command.ts";
import type { LiveSession } from "./live-session.ts";

type Driver = "af-packet" | "cap";

/**
 * @param fanoutBase group of the first interface when several threads share the traffic; -1 for one thread.
 * Throws LiveError, UsageError.
 */
export async function openListenPump(
  parsed: ParsedCommand,
  session: LiveSession,
  fanoutBase: number,
): Promise<ListenPump> {
  const driver = chooseDriver(parsed);
  const sources: LiveSource[] = [];
  for (const [index, name] of allTexts(parsed, "interface").entries()) {
    const fanoutGroup = fanoutBase < 0 ? -1 : fanoutBase + index;
    sources.push(await openSource(driver, parsed, session, { name, index, fanoutGroup }));
  }
  return new ListenPump(sources, (record) => session.process(record));
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
