/**
 * The `file-store` output: where files go that rules or `force-filestore` ask for. Version 2 alone; only one may
 * be on.
 */
import type { EveOptions } from "../../core/engine/eve-options.ts";
import { ConfigError } from "./config-error.ts";
import { configSection } from "./section.ts";
import type { ConfigMap, ConfigTree } from "./tree.ts";
import { readSwitch } from "./values.ts";

export interface FileStoreSettings {
  /** As written; relative to the folder of the logs. */
  readonly folder: string;
  /** A JSON record is written beside each file. */
  readonly writesRecords: boolean;
  readonly storesAll: boolean;
  /** Bytes of a stream that are followed for a stored file; 0: no more than usual. */
  readonly depthBytes: number;
  /** Names of digests that every file gets. */
  readonly digests: readonly string[];
  /** Every file is described by its first bytes. */
  readonly forcesMagic: boolean;
  /** Files that are kept open at once; the others are opened for each piece. */
  readonly openFilesMax: number;
  /** `xff` of the records. */
  readonly forwardedFor: EveOptions["forwardedFor"];
}

/** Null when it is off. `before`: the file store that was read before it. Throws ConfigError. */
export function readFileStore(
  tree: ConfigTree,
  key: string,
  map: ConfigMap,
  {
    before,
    forwardedFor,
  }: {
    readonly before: FileStoreSettings | null;
    readonly forwardedFor: EveOptions["forwardedFor"];
  },
): FileStoreSettings | null {
  tree.know(key);
  if (!readSwitch(tree, `${key}.enabled`, false)) return before;
  const settings = configSection(map, key);
  if (settings.number("version", 1) < 2) {
    throw new ConfigError(`"${key}": version 1 of the file store is gone; write "version: 2"`);
  }
  if (before !== null) throw new ConfigError(`"${key}": another file-store is enabled already`);
  return {
    folder: settings.text("dir") ?? "filestore",
    writesRecords: settings.switch("write-fileinfo", false),
    storesAll: settings.switch("force-filestore", false),
    depthBytes: settings.text("stream-depth") === "no" ? 0 : settings.bytes("stream-depth", 0),
    digests: settings.list("force-hash"),
    forcesMagic: settings.switch("force-magic", false),
    forwardedFor,
    openFilesMax: settings.number("max-open-files", 0),
  };
}
