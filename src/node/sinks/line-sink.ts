/** What every destination of lines can do. Lines come without their line ends. */
export interface LineSink {
  write(line: string): void;
  /** Hands on what is gathered. Throws SinkError where trouble has to be told at once (disk full ...). */
  flush(): void;
  /** Opens the destination anew: the file was moved away, the reader was started again. Throws SinkError. */
  reopen(): void;
  close(): void;
  /** Lines that wait: gathered, or not taken by a slow reader. */
  readonly queuedLines: number;
  /** Lines given up: the reader is gone or too slow. */
  readonly lostLines: number;
}

/** Where the lines of one log go. */
export type SinkSettings =
  | {
      readonly kind: "file";
      /** May hold %Y %m %d %H %M %S %s, in UTC. */
      readonly name: string;
      /** Seconds between files; 0 for one file. */
      readonly rotateSeconds: number;
    }
  | { readonly kind: "unixStream"; readonly path: string }
  | { readonly kind: "unixDatagram"; readonly path: string }
  | {
      readonly kind: "syslog";
      readonly identity: string;
      /** Words of syslog.conf: `local5`, `info`. */
      readonly facility: string;
      readonly level: string;
    };
