/**
 * Buffers over the files of transactions, whatever the protocol: `file.data` is a window of the content that
 * moves on as the file comes, `file.name` the name, `file.magic` what it is by its first bytes.
 */
import { type BufferSource, type BufferView, bufferSource, defineBuffer } from "../buffer.ts";
import { type FlowSide, TO_CLIENT, TO_SERVER } from "../direction.ts";
import type { TransactionFile } from "../file.ts";
import type { Transaction } from "../transaction.ts";

export const fileData = defineBuffer({
  name: "file.data",
  aliases: ["file_data"],
  family: "file",
  summary: "The content of files and bodies, decoded.",
  multi: true,
  sided: true,
});

export const fileName = defineBuffer({
  name: "file.name",
  family: "file",
  summary: "The name of a file.",
  multi: true,
});

export const fileMagic = defineBuffer({
  name: "file.magic",
  family: "file",
  summary: "What a file is by its first bytes, in the words of libmagic.",
  multi: true,
  exampleContent: "PDF document",
  needs: "magic library",
});

/** The sources of all file buffers for one direction of a protocol; files may come from this progress on. */
export function fileSources(side: FlowSide, progress: number): readonly BufferSource[] {
  const direction = side === "toServer" ? TO_SERVER : TO_CLIENT;
  return [
    bufferSource(fileData, {
      side,
      progress,
      isStreamed: true,
      read: (transaction, index, view) => readContent(fileAt(transaction, direction, index), view),
    }),
    bufferSource(fileName, {
      side,
      progress,
      isStreamed: true,
      read: (transaction, index, view) =>
        view.setOrAbsent(fileAt(transaction, direction, index)?.name ?? null),
    }),
    bufferSource(fileMagic, {
      side,
      progress,
      isStreamed: true,
      read: (transaction, index, view) => readMagic(transaction, direction, index, view),
    }),
  ];
}

/** The file number `index` of a direction, null past the last. */
export function fileAt(
  transaction: Transaction,
  direction: number,
  index: number,
): TransactionFile | null {
  let left = index;
  for (const file of transaction.files) {
    if (file.direction === direction && left-- === 0) return file;
  }
  return null;
}

/** What is known of the files of a direction: one of which nothing is known yet does not hide the others. */
function readMagic(
  { files }: Transaction,
  direction: number,
  index: number,
  view: BufferView,
): boolean {
  let left = index;
  for (const file of files) {
    const text = file.direction === direction ? file.findMagic() : null;
    if (text !== null && left-- === 0) return view.set(text);
  }
  return false;
}

function readContent(file: TransactionFile | null, view: BufferView): boolean {
  if (file === null) return false;
  const { body } = file;
  view.setRange(body.bytes, body.start, body.end);
  view.offset = body.windowStart;
  view.isLast = body.isComplete;
  return true;
}
