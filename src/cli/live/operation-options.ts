/** The options of operation, and what they start: control socket, metrics page, signals. */
import { controlAnswers } from "../../node/operation/answer-control.ts";
import { ControlServer } from "../../node/operation/control-server.ts";
import { MetricsServer, parseMetricsAddress } from "../../node/operation/metrics-server.ts";
import { dropPrivileges, findUser, giveTo, parseRunAs } from "../../node/operation/privileges.ts";
import { type CommandOption, lastText, type ParsedCommand, UsageError } from "../command.ts";
import type { LiveSession } from "./live-session.ts";
import { SessionOperation } from "./session-operation.ts";

export const operationOptions: readonly CommandOption[] = [
  { name: "control", value: "FILE", summary: "a socket for shrike ctl, for its owner alone" },
  {
    name: "metrics",
    value: "[HOST:]PORT",
    summary: "counters for Prometheus at /metrics; for this machine alone without HOST",
  },
  {
    name: "user",
    value: "USER[:GROUP]",
    summary: "becomes this user once interfaces, logs and sockets are open",
  },
];

/** What runs beside the packets; `close` ends it. */
export interface Operation {
  readonly engine: SessionOperation;
  close(): Promise<void>;
}

/** Throws SocketError, UsageError. */
export async function startOperation(
  parsed: ParsedCommand,
  session: LiveSession,
): Promise<Operation> {
  const keepsGoing = parsed.switches.has("keep-going");
  const engine = new SessionOperation(session, keepsGoing, session.health);
  const servers: { close(): Promise<void> }[] = [];
  const controlPath = lastText(parsed, "control") ?? configuredSocket(session);
  if (controlPath !== null) {
    servers.push(await ControlServer.listen(controlPath, controlAnswers(engine)));
  }
  const address = lastText(parsed, "metrics");
  if (address !== null) servers.push(await MetricsServer.listen(metricsAddress(address), engine));
  becomeUser(parsed, [controlPath, ...session.logs.paths]);
  const signals = listenToSignals(engine);
  return {
    engine,
    async close() {
      signals.end();
      for (const server of servers) await server.close();
    },
  };
}

/**
 * Root is given up for good, by all threads of the process. Throws PrivilegeError, UsageError.
 *
 * @param owned files that the user goes on with, beside the folders of the options
 */
export function becomeUser(parsed: ParsedCommand, owned: readonly (string | null)[]): void {
  const text = lastText(parsed, "user");
  if (text === null) return;
  const runAs = parseRunAs(text);
  if (runAs === null) throw new UsageError(`--user takes USER or USER:GROUP, found "${text}"`);
  const ids = findUser(runAs);
  const folders = ["log-dir", "record", "write"].map((name) => lastText(parsed, name));
  const paths = [...owned, ...folders].filter((path) => path !== null);
  giveTo(ids, paths);
  dropPrivileges(ids);
}

/** Throws UsageError. */
export function metricsAddress(text: string): { readonly host: string; readonly port: number } {
  const address = parseMetricsAddress(text);
  if (address === null) throw new UsageError(`--metrics takes PORT or HOST:PORT, found "${text}"`);
  return address;
}

/** Suricata's `unix-command`; only when it says yes in so many words and names a file. */
function configuredSocket({ configured }: LiveSession): string | null {
  const { tree } = configured;
  const isOn = ["yes", "true", "on"].includes(String(tree.value("unix-command.enabled")));
  const file = tree.value("unix-command.filename");
  return isOn && typeof file === "string" ? file : null;
}

function listenToSignals(engine: SessionOperation): { end(): void } {
  const onHangUp = (): void => {
    engine.reopenLogs();
    void engine.reload();
  };
  const onReload = (): void => void engine.reload();
  process.on("SIGHUP", onHangUp);
  process.on("SIGUSR2", onReload);
  return {
    end() {
      process.off("SIGHUP", onHangUp);
      process.off("SIGUSR2", onReload);
    },
  };
}
