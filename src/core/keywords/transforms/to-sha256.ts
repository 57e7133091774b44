/** to_sha256: the buffer's SHA-256 digest, 32 raw bytes. */
import { Sha256 } from "../../bytes/sha256.ts";
import { argumentTransformKeyword } from "../families/transform-keyword.ts";
import { hashBuffer } from "./rewriting/hash-buffer.ts";

export const toSha256 = argumentTransformKeyword<Sha256>({
  name: "to_sha256",
  summary: "Turns the buffer into its SHA-256 digest of 32 raw bytes.",
  argument: () => new Sha256(),
  examples: [
    {
      options: 'tcp.hdr; to_sha256; content:"|54 a9 7a 8a|"; startswith;',
      meaning: "a digest that begins with these bytes",
    },
  ],
  apply: hashBuffer,
});
