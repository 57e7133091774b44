/** to_sha1: the buffer's SHA-1 digest, 20 raw bytes. */
import { Sha1 } from "../../bytes/sha1.ts";
import { argumentTransformKeyword } from "../families/transform-keyword.ts";
import { hashBuffer } from "./rewriting/hash-buffer.ts";

export const toSha1 = argumentTransformKeyword<Sha1>({
  name: "to_sha1",
  summary: "Turns the buffer into its SHA-1 digest of 20 raw bytes.",
  argument: () => new Sha1(),
  examples: [
    {
      options: 'tcp.hdr; to_sha1; content:"|54 a9 7a 8a|"; startswith;',
      meaning: "a digest that begins with these bytes",
    },
  ],
  apply: hashBuffer,
});
