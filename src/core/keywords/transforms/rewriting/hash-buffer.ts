/** What to_md5, to_sha1 and to_sha256 share: the buffer becomes its digest in raw bytes. */
import type { BlockHash } from "../../../bytes/block-hash.ts";
import type { ByteRange } from "../../../detect/byte-range.ts";

/** An empty buffer stays empty. False where the digest has no room. */
export function hashBuffer(
  input: ByteRange,
  output: ByteRange,
  limit: number,
  hash: BlockHash,
): boolean {
  output.end = output.start;
  if (input.start === input.end) return true;
  if (output.start + hash.digestLength > limit) return false;
  hash.update(input.bytes, input.start, input.end);
  hash.digest(output.bytes, output.start);
  output.end = output.start + hash.digestLength;
  return true;
}
