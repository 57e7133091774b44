/** Commands about the engine itself. */
import { type ControlCommand, ControlError, defineControlCommand } from "../control-command.ts";

export const engineCommands: readonly ControlCommand[] = [
  defineControlCommand({
    name: "uptime",
    summary: "Seconds since the engine started.",
    arguments: [],
    run: (engine) => engine.uptimeSeconds(),
  }),
  defineControlCommand({
    name: "version",
    summary: "The engine's version.",
    arguments: [],
    run: (engine) => engine.version,
  }),
  defineControlCommand({
    name: "running-mode",
    summary: "How the engine's threads are arranged.",
    arguments: [],
    run: (engine) => engine.runningMode,
  }),
  defineControlCommand({
    name: "capture-mode",
    summary: "Where packets come from.",
    arguments: [],
    run: (engine) => engine.captureMode,
  }),
  defineControlCommand({
    name: "conf-get",
    summary: "A setting of the configuration.",
    arguments: [{ name: "variable", summary: "its dotted key" }],
    run(engine, given) {
      const key = given.text("variable");
      const value = engine.setting(key);
      if (value === null) throw new ControlError(`"${key}" is not set`);
      return value;
    },
  }),
  defineControlCommand({
    name: "reopen-log-files",
    summary: "Opens the log files anew: they were moved away.",
    arguments: [],
    run(engine) {
      engine.reopenLogs();
      return "done";
    },
  }),
  defineControlCommand({
    name: "shutdown",
    summary: "Ends the engine; flows are flushed.",
    arguments: [],
    run(engine) {
      engine.stop();
      return "stopping";
    },
  }),
];
