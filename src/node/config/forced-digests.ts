/** Digests that event logs ask for of every file (`types.files.force-hash`). */
import { FileDigest } from "../../core/protocols/file.ts";
import type { OutputSettings } from "./outputs.ts";

const digestsByName: ReadonlyMap<string, number> = new Map(Object.entries(FileDigest));

/** Bits of FileDigest. Names that are none are left out. */
export function forcedDigests({ eveLogs }: OutputSettings): number {
  let digests = 0;
  for (const { options } of eveLogs) {
    for (const name of options.application.get("files")?.list("force-hash") ?? []) {
      digests |= digestsByName.get(name.toLowerCase()) ?? 0;
    }
  }
  return digests;
}
