/** Commands about what makes the engine see less than the traffic. */
import { type ControlCommand, defineControlCommand } from "../control-command.ts";

export const healthCommands: readonly ControlCommand[] = [
  defineControlCommand({
    name: "health",
    summary:
      "What is wrong now, with its likely cause and its remedy; an empty list when all is well.",
    arguments: [],
    run: (engine) => engine.health(),
  }),
];
