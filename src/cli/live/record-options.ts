/** The options of recording, and what joins a recorder to a live session. */
import { parseBytes } from "../../node/config/values.ts";
import { Recorder, type RecorderOptions, type RecordMode } from "../../node/record/recorder.ts";
import { type CommandOption, lastText, type ParsedCommand, UsageError } from "../command.ts";
import { shrikeVersion } from "../version.ts";
import type { LiveSession } from "./live-session.ts";

export const recordOptions: readonly CommandOption[] = [
  { name: "record", value: "DIR", summary: "keeps packets in captures there" },
  {
    name: "keep",
    value: "WHAT",
    summary:
      "all packets, those of flows with alerts (alerts), or the ones that tags ask for (tag)",
  },
  {
    name: "look-back",
    value: "N",
    summary: "with --keep alerts: packets before the alert; 100 without",
  },
  { name: "look-back-memory", value: "SIZE", summary: "memory for them; 64mb without" },
  { name: "file-size", value: "SIZE", summary: "a new file after so many bytes; 100mb without" },
  {
    name: "file-seconds",
    value: "SECONDS",
    summary: "a new file after so much time; 3600 without",
  },
  {
    name: "budget",
    value: "SIZE",
    summary: "bytes of all files; the oldest go first; 10gb without",
  },
  { name: "prefix", value: "NAME", summary: "files are called NAME-DATE-TIME-NUMBER.pcapng" },
];

const MEBIBYTE = 1024 ** 2;
const MODES: readonly RecordMode[] = ["all", "alerts", "tag"];

/** Throws UsageError. */
export function readRecorderOptions(
  parsed: ParsedCommand,
  folder: string,
  session: LiveSession,
  fallback: RecordMode,
): RecorderOptions {
  const mode = MODES.find((one) => one === (lastText(parsed, "keep") ?? fallback));
  if (mode === undefined) throw new UsageError(`--keep takes ${MODES.join(", ")}`);
  return {
    folder,
    prefix: lastText(parsed, "prefix") ?? "shrike",
    fileBytesMax: readSize(parsed, "file-size", 100 * MEBIBYTE),
    fileSecondsMax: readWhole(parsed, "file-seconds", 3600),
    budgetBytes: readSize(parsed, "budget", 10_240 * MEBIBYTE),
    application: `shrike ${shrikeVersion()}`,
    get interfaceNames() {
      return session.interfaceNames;
    },
    mode,
    lookBackPackets: readWhole(parsed, "look-back", 100),
    lookBackBytes: readSize(parsed, "look-back-memory", 64 * MEBIBYTE),
  };
}

/** Joined before the session's start. Throws SinkError. */
export function attachRecorder(session: LiveSession, options: RecorderOptions): Recorder {
  const recorder = new Recorder(options, session.arena.bytes, (line) => console.error(line));
  session.onRecord = (record) => recorder.begin(record);
  session.firstReporters.push(recorder);
  const hear = session.onVerdict;
  session.onVerdict = (record, packet, verdict) => {
    recorder.end(packet);
    hear?.(record, packet, verdict);
  };
  session.placeOfPacket = () => recorder.place;
  session.onTick.push(() => recorder.tick());
  session.moreCounters.push(() => recorder.counters());
  session.onEnd.push(() => recorder.close());
  return recorder;
}

function readSize(parsed: ParsedCommand, name: string, fallback: number): number {
  const text = lastText(parsed, name);
  if (text === null) return fallback;
  const bytes = parseBytes(text);
  if (bytes === null || bytes < 1) {
    throw new UsageError(`--${name} takes a size such as 100mb, found "${text}"`);
  }
  return bytes;
}

/** A whole number from 0. */
function readWhole(parsed: ParsedCommand, name: string, fallback: number): number {
  const text = lastText(parsed, name);
  if (text === null) return fallback;
  if (!/^\d{1,9}$/.test(text)) {
    throw new UsageError(`--${name} takes a whole number, found "${text}"`);
  }
  return Number(text);
}
