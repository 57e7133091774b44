/** Entry of one thread of `shrike listen --threads N`. */
import { parentPort, workerData } from "node:worker_threads";
import { SharedState } from "../../core/detect/shared-state.ts";
import { controlAnswers } from "../../node/operation/answer-control.ts";
import { ControlArguments } from "../../node/operation/control-command.ts";
import { allTexts, ExitCode } from "../command.ts";
import { metricsIn, saveModel } from "../models.ts";
import { prepareSession } from "./live-command.ts";
import { openListenPump } from "./open-sources.ts";
import { SessionOperation } from "./session-operation.ts";
import type { ThreadCommand, ThreadMessage, ThreadOrder } from "./thread-team.ts";

function tell(message: ThreadMessage): void {
  parentPort?.postMessage(message);
}

async function run({ parsed, index, fanoutBase, sharedState }: ThreadOrder): Promise<void> {
  const session = prepareSession(parsed, false, {
    isFirst: index === 0,
    shared: new SharedState(sharedState, index + 1),
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
  const metrics = metricsIn(session.builder);
  session.onIdle = () => metrics?.intake?.receive();
  let hearOthersEnd = (): void => {};
  const othersEnd = new Promise<void>((resolve) => {
    hearOthersEnd = resolve;
  });
  parentPort?.on("message", async (order: "stop" | "others are over" | ThreadCommand) => {
    if (order === "stop") return session.stop();
    if (order === "others are over") return hearOthersEnd();
    const given = new ControlArguments(new Map(Object.entries(order.given)));
    const text = await answers({ kind: "command", name: order.name, given });
    tell({ kind: "answer", id: order.id, text });
  });
  parentPort?.unref();
  const pump = await openListenPump(parsed, session, fanoutBase);
  session.start(allTexts(parsed, "interface"));
  tell({ kind: "watching" });
  await session.run(pump);
  if (index === 0) {
    parentPort?.ref();
    await othersEnd;
    parentPort?.unref();
    metrics?.intake?.receive();
    saveModel(parsed, session.builder);
  }
  tell({ kind: "over", code: ExitCode.done, summary: session.summary.toJson() });
}

await run(workerData as ThreadOrder); // what ThreadTeam gave
