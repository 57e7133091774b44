/** Settings of a configuration file that nothing uses: one line each, with the name that was perhaps meant. */
import type { ConfigTree } from "../node/config/tree.ts";

export function printUnusedSettings(tree: ConfigTree): void {
  for (const { key, place, nearest } of tree.unusedSettings()) {
    const hint = nearest === undefined ? "" : `: did you mean "${nearest}"?`;
    console.error(`${place}warning: setting "${key}" is not used${hint}`);
  }
}
