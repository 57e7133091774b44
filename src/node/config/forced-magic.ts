/** Whether an event log or the file store says of every file what it is (`force-magic`). */
import type { OutputSettings } from "./outputs.ts";

export function forcesMagic({ eveLogs, fileStore }: OutputSettings): boolean {
  return (
    fileStore?.forcesMagic === true ||
    eveLogs.some(
      ({ options }) => options.application.get("files")?.switch("force-magic", false) === true,
    )
  );
}
