/** Opens the destination that the configuration names. */
import path from "node:path";
import { UnixDatagrams } from "./datagrams.ts";
import type { LineSink, SinkSettings } from "./line-sink.ts";
import { RotatingFile } from "./rotating-file.ts";
import { openSyslog } from "./syslog.ts";
import { UnixStream } from "./unix-stream.ts";

/** @param folder where files, and sockets without a path of their own, are. Throws SinkError. */
export function openSink(
  settings: SinkSettings,
  folder: string,
  mode: "w" | "a",
  report: (line: string) => void,
): LineSink {
  switch (settings.kind) {
    case "file":
      return new RotatingFile(folder, settings.name, settings.rotateSeconds, mode);
    case "unixStream":
      return new UnixStream(path.resolve(folder, settings.path), report);
    case "unixDatagram":
      return new UnixDatagrams(path.resolve(folder, settings.path));
    case "syslog":
      return openSyslog(settings, report);
    default:
      return settings satisfies never;
  }
}
