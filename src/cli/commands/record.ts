/** shrike record: packets of interfaces to rotating captures; with rules, those of flows that raise alerts. */
import type { LiveRecord } from "../../node/live/live-source.ts";
import { allTexts, type Command, lastText, type ParsedCommand, UsageError } from "../command.ts";
import { liveOptions, prepareSession, runSession } from "../live/live-command.ts";
import {
  openListenPump,
  reportOffloads,
  sourceNames,
  sourceOptions,
} from "../live/open-sources.ts";
import { attachRecorder, readRecorderOptions } from "../live/record-options.ts";

export const record: Command = {
  name: "record",
  summary: "Writes packets to rotating pcapng files: all, or those of flows with alerts.",
  usage: "-i IFACE -w DIR [-S RULES] [options]",
  options: [
    ...sourceOptions,
    { name: "write", short: "w", value: "DIR", summary: "folder for the captures" },
    ...liveOptions.filter(({ name }) => name !== "record"),
  ],
  examples: [
    {
      line: "shrike record -i eth0 -w /var/capture --budget 500gb",
      meaning: "everything, the newest 500 GB",
    },
    {
      line: "shrike record -i eth0 -w out -S et.rules -l out --keep alerts --look-back 50",
      meaning: "flows with alerts, and 50 packets before",
    },
  ],
  run: runRecord,
};

async function runRecord(parsed: ParsedCommand): Promise<number> {
  const folder = lastText(parsed, "write");
  if (folder === null) throw new UsageError("say where to write: -w DIR");
  const isGuided =
    allTexts(parsed, "rules").length > 0 ||
    lastText(parsed, "config") !== null ||
    lastText(parsed, "log-dir") !== null;
  const mode = lastText(parsed, "keep") ?? "all";
  if (!isGuided && mode !== "all") throw new UsageError(`--keep ${mode} needs rules: -S FILE`);
  const names = sourceNames(parsed);
  reportOffloads(names);
  const session = prepareSession(parsed, false);
  if (typeof session === "number") return session;
  const recorder = attachRecorder(session, readRecorderOptions(parsed, folder, session, "all"));
  session.start(names);
  // Without rules and events nothing has to be looked at: packets go straight to disk.
  const take = isGuided
    ? (packet: LiveRecord) => session.process(packet)
    : (packet: LiveRecord) => recorder.writeUnseen(packet);
  const pump = await openListenPump(parsed, session, -1, take);
  console.error(`recording ${names.join(", ")} in ${folder}`);
  const code = await runSession(parsed, session, pump);
  const { packets, bytes, removed } = recorder.files;
  console.error(`${packets} packets recorded, ${bytes} bytes; ${removed} files removed`);
  return code;
}
