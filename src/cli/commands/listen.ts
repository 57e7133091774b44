/** shrike listen: the engine on interfaces that it only watches. */
import { type Command, lastText, type ParsedCommand, UsageError } from "../command.ts";
import { liveOptions, prepareSession, readNumber, runSession } from "../live/live-command.ts";
import {
  openListenPump,
  reportOffloads,
  sourceNames,
  sourceOptions,
} from "../live/open-sources.ts";
import { ThreadTeam } from "../live/thread-team.ts";

const THREADS_MAX = 256;

export const listen: Command = {
  name: "listen",
  summary: "Watches interfaces with rules, and prints alerts or writes EVE JSON.",
  usage: "-i IFACE -S RULES [options]",
  options: [
    ...sourceOptions,
    {
      name: "threads",
      value: "N",
      summary: "so many engines share the traffic by flow; 1 without",
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
  const names = sourceNames(parsed);
  const threads = readNumber(parsed, "threads", 1);
  if (threads > THREADS_MAX) throw new UsageError(`--threads takes at most ${THREADS_MAX}`);
  if (threads > 1 && lastText(parsed, "driver") === "cap") {
    throw new UsageError("the driver cap works in one thread only");
  }
  reportOffloads(names);
  if (threads > 1 && !parsed.switches.has("test")) {
    return await new ThreadTeam(parsed, threads).run();
  }
  const session = prepareSession(parsed, false);
  if (typeof session === "number") return session;
  const pump = await openListenPump(parsed, session, -1);
  session.start(names);
  console.error(`watching ${names.join(", ")}`);
  return await runSession(parsed, session, pump);
}
