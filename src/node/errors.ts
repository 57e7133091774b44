/** What goes wrong with the machine: captures, sinks, files. Each says in one line what and why. */

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  EACCES: "permission denied",
  EPERM: "not permitted",
  EEXIST: "a file of that name is there",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of the path is no folder",
  ENOSPC: "no space left on the device",
  EROFS: "the file system is read-only",
  EMFILE: "too many open files",
  EADDRINUSE: "it is in use",
  ECONNREFUSED: "nobody listens there",
};

export abstract class EngineError extends Error {
  abstract readonly code: string;
  readonly hint: string | undefined;

  constructor(message: string, options: { readonly cause?: unknown; readonly hint?: string } = {}) {
    super(`${message}${reasonOf(options.cause)}`, { cause: options.cause });
    this.hint = options.hint;
  }
}

export class CaptureError extends EngineError {
  readonly code = "capture";
}

export class SinkError extends EngineError {
  readonly code = "sink";
}

export class FileError extends EngineError {
  readonly code = "file";
}

export class SocketError extends EngineError {
  readonly code = "socket";
}

/** Root cannot be given up. */
export class PrivilegeError extends EngineError {
  readonly code = "privilege";
}

/** An interface that cannot be opened, or is gone. */
export class LiveError extends EngineError {
  readonly code = "live";
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return "";
  const { code } = cause as NodeJS.ErrnoException; // absent on other errors
  const reason = code === undefined ? undefined : reasons[code];
  return `: ${reason ?? cause.message}`;
}
