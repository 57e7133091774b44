/** Entry of one thread of `shrike listen --threads N`. */
import { parentPort, workerData } from "node:worker_threads";
import { SharedState } from "../../core/detect/shared-state.ts";
import { dealPacket } from "../../node/live/deal-flows.ts";
import { controlAnswers } from "../../node/operation/answer-control.ts";
import { ControlArguments } from "../../node/operation/control-command.ts";
import { allTexts, ExitCode, lastText } from "../command.ts";
import { saveModel } from "../models.ts";
import { prepareSession } from "./live-command.ts";
import { openListenPump } from "./open-sources.ts";
import { SessionOperation } from "./session-operation.ts";
import type { ThreadCommand, ThreadMessage, ThreadOrder, ThreadSignal } from "./thread-team.ts";

function tell(message: ThreadMessage): void {
  parentPort?.postMessage(message);
}

/** Something that the other threads get to. */
class Milestone {
  reach: () => void = () => {};
  readonly reached = new Promise<void>((resolve) => {
    this.reach = resolve;
  });
}

async function run({ parsed, index, count, fanoutBase, sharedState }: ThreadOrder): Promise<void> {
  const shared = new SharedState(sharedState, index + 1);
  const session = prepareSession(parsed, false, {
    isFirst: index === 0,
    shared,
    takeStats: (counters) => tell({ kind: "stats", counters }),
  });
  if (typeof session === "number") {
    tell({ kind: "over", code: session, summary: "" });
    return;
  }
  const operation = new SessionOperation(
    session,
    parsed.switches.has("keep-going"),
    session.health,
  );
  const answers = controlAnswers(operation);
  session.onIdle = () => shared.rings.poll();
  const allWatch = new Milestone();
  const othersEnd = new Milestone();
  parentPort?.on("message", async (order: ThreadSignal | ThreadCommand) => {
    if (order === "stop") {
      allWatch.reach();
      return session.stop();
    }
    if (order === "all are watching") return allWatch.reach();
    if (order === "others are over") return othersEnd.reach();
    const given = new ControlArguments(new Map(Object.entries(order.given)));
    const text = await answers({ kind: "command", name: order.name, given });
    tell({ kind: "answer", id: order.id, text });
  });
  parentPort?.unref();
  // Of a capture each thread reads all, and takes its part.
  const isDealt = lastText(parsed, "playback") !== null;
  const { bytes } = session.arena;
  const pump = await openListenPump(parsed, session, fanoutBase, (record) => {
    if (!isDealt || dealPacket(bytes, record, count) === index) session.process(record);
  });
  session.start(allTexts(parsed, "interface"));
  tell({ kind: "watching" });
  parentPort?.ref();
  // A capture begins in all threads at once: they go through it at the same pace.
  if (isDealt) await allWatch.reached;
  await session.run(pump);
  if (index === 0) {
    await othersEnd.reached;
    shared.rings.poll();
    session.saveDatasets();
    saveModel(parsed, session.builder);
  }
  parentPort?.unref();
  tell({ kind: "over", code: ExitCode.done, summary: session.summary.toJson() });
}

await run(workerData as ThreadOrder); // what ThreadTeam gave
