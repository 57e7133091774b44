/** Runs the command that a client asked for; what goes wrong becomes the answer. */
import { EngineError } from "../errors.ts";
import { controlCommands } from "./commands/index.ts";
import { ControlError } from "./control-command.ts";
import { failureMessage, okMessage } from "./control-message.ts";
import type { ControlAnswer } from "./control-server.ts";
import type { OperatedEngine } from "./operated-engine.ts";

export function controlAnswers(engine: OperatedEngine): ControlAnswer {
  const byName = new Map(controlCommands.map((command) => [command.name, command]));
  return async ({ name, given }) => {
    if (name === "command-list") {
      const names = [...byName.keys(), name];
      return okMessage({ count: names.length, commands: names });
    }
    const command = byName.get(name);
    if (command === undefined) return failureMessage(`unknown command "${name}"`);
    try {
      return okMessage(await command.run(engine, given));
    } catch (error) {
      if (error instanceof ControlError || error instanceof EngineError) {
        return failureMessage(error.message);
      }
      throw error;
    }
  };
}
