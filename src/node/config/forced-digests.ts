/** Digests that event logs and the file store ask for of every file (`force-hash`). */
import { FileDigest } from "../../core/protocols/file.ts";
import type { OutputSettings } from "./outputs.ts";

const digestsByName: ReadonlyMap<string, number> = new Map(Object.entries(FileDigest));

/** Bits of FileDigest. Names that are none are left out. */
export function forcedDigests({ eveLogs, fileStore }: OutputSettings): number {
  let digests = 0;
  // The store names files by it.
  if (fileStore !== null) digests |= FileDigest.sha256 | digestsOf(fileStore.digests);
  for (const { options } of eveLogs) {
    digests |= digestsOf(options.application.get("files")?.list("force-hash") ?? []);
  }
  return digests;
}

function digestsOf(names: readonly string[]): number {
  let digests = 0;
  for (const name of names) digests |= digestsByName.get(name.toLowerCase()) ?? 0;
  return digests;
}
