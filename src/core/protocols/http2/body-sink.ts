/** Where the decoded body of a message goes: the file, and the larger file that it is a part of. */
import type { TransactionFile } from "../file.ts";
import type { FilePart } from "../files/partial-files.ts";

export class BodySink {
  private readonly file: TransactionFile;
  private readonly part: FilePart | null;
  private readonly onBody: (bytes: Uint8Array, start: number, end: number) => void;
  private timeUs = 0;

  /** `onBody` hears of every piece. */
  constructor(file: TransactionFile, part: FilePart | null, onBody: BodySink["onBody"]) {
    this.file = file;
    this.part = part;
    this.onBody = onBody;
  }

  /** Packet time of what comes next. */
  begin(timeUs: number): void {
    this.timeUs = timeUs;
  }

  take(bytes: Uint8Array, start: number, end: number): void {
    this.file.append(bytes, start, end);
    this.part?.append(bytes, start, end, this.timeUs);
    this.onBody(bytes, start, end);
  }

  /** The file that is whole by this part. */
  close(state: number): TransactionFile | null {
    return this.part?.close(state) ?? null;
  }
}
