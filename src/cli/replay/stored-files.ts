/** Puts together the store of files that the configuration asks for: its folder, its records, who hears of trouble. */
import path from "node:path";
import type { RuleBuilder } from "../../core/detect/rule-builder.ts";
import type { EveOptions } from "../../core/engine/eve-options.ts";
import { FileStorage } from "../../core/engine/file-storage.ts";
import { EveContext } from "../../core/engine/records/envelope.ts";
import { writeFileinfoEvent } from "../../core/engine/records/fileinfo-record.ts";
import type { SinkError } from "../../node/errors.ts";
import { FileStoreFolder } from "../../node/sinks/file-store.ts";
import type { Configured } from "../rule-session.ts";

/** Of the records beside files: the plain envelope. */
const recordOptions: Omit<EveOptions, "forwardedFor"> = {
  alert: null,
  anomaly: null,
  drop: null,
  stats: null,
  flow: false,
  netflow: false,
  arp: false,
  application: new Map(),
  metadata: false,
  communityIdSeed: null,
  ethernet: false,
  pcapFile: false,
  sensorName: null,
};

/** Null where files are not stored. `logFolder`: where the logs go; null: nowhere. Throws SinkError. */
export function createFileStorage(
  { outputs, settings }: Configured,
  host: {
    readonly logFolder: string | null;
    readonly bytes: Uint8Array;
    readonly names: RuleBuilder | null;
    readonly onProblem: (problem: SinkError) => void;
  },
): FileStorage | null {
  const { fileStore } = outputs;
  if (fileStore === null || host.logFolder === null) return null;
  const store = new FileStoreFolder({
    folder: path.resolve(host.logFolder, fileStore.folder),
    writesRecords: fileStore.writesRecords,
    openFilesMax: fileStore.openFilesMax,
    onProblem: host.onProblem,
  });
  const context = new EveContext(
    { ...recordOptions, forwardedFor: fileStore.forwardedFor },
    host.bytes,
  );
  context.names = host.names;
  context.protocols = settings.protocols;
  return new FileStorage(
    store,
    (...file) => writeFileinfoEvent(context, ...file),
    settings.filePolicy,
  );
}
