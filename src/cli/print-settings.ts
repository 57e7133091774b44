/** Settings that nothing uses: one line each, with the name that was perhaps meant. */
import type { ConfigTree } from "../node/config/tree.ts";
import { lastText, type ParsedCommand } from "./command.ts";

/** Those of the configuration file and of --set; stock settings are not the user's. */
export function printUnusedSettings(tree: ConfigTree, parsed: ParsedCommand): void {
  const hasFile = lastText(parsed, "config") !== null;
  for (const { key, place, nearest } of tree.unusedSettings()) {
    if (!hasFile && !place.startsWith("--set")) continue;
    const hint = nearest === undefined ? "" : `: did you mean "${nearest}"?`;
    console.error(`${place}warning: setting "${key}" is not used${hint}`);
  }
}
