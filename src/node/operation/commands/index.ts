/** All commands of the control socket, in the order of the help. */
import type { ControlCommand } from "../control-command.ts";
import { datasetCommands } from "./dataset-commands.ts";
import { engineCommands } from "./engine-commands.ts";
import { healthCommands } from "./health-commands.ts";
import { memoryCommands } from "./memory-commands.ts";
import { ruleCommands } from "./rule-commands.ts";
import { trafficCommands } from "./traffic-commands.ts";

export const controlCommands: readonly ControlCommand[] = [
  ...ruleCommands,
  ...trafficCommands,
  ...datasetCommands,
  ...memoryCommands,
  ...healthCommands,
  ...engineCommands,
];
