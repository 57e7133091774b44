/** Entry of one thread of `shrike listen --threads N`. */
import { parentPort, workerData } from "node:worker_threads";
import { allTexts, ExitCode } from "../command.ts";
import { prepareSession } from "./live-command.ts";
import { openListenPump } from "./open-sources.ts";
import type { ThreadMessage, ThreadOrder } from "./thread-team.ts";

function tell(message: ThreadMessage): void {
  parentPort?.postMessage(message);
}

async function run({ parsed, index, fanoutBase }: ThreadOrder): Promise<void> {
  const session = prepareSession(parsed, false, {
    isFirst: index === 0,
    takeStats: (counters) => tell({ kind: "stats", counters }),
  });
  if (typeof session === "number") {
    tell({ kind: "over", code: session, summary: "" });
    return;
  }
  parentPort?.once("message", () => session.stop());
  parentPort?.unref();
  const pump = await openListenPump(parsed, session, fanoutBase);
  session.start(allTexts(parsed, "interface"));
  tell({ kind: "watching" });
  await session.run(pump);
  tell({ kind: "over", code: ExitCode.done, summary: session.summary.toJson() });
}

await run(workerData as ThreadOrder); // what ThreadTeam gave
