/** to_md5: the buffer's MD5 digest, 16 raw bytes. */
import { Md5 } from "../../bytes/md5.ts";
import { argumentTransformKeyword } from "../families/transform-keyword.ts";
import { hashBuffer } from "./rewriting/hash-buffer.ts";

export const toMd5 = argumentTransformKeyword<Md5>({
  name: "to_md5",
  summary: "Turns the buffer into its MD5 digest of 16 raw bytes.",
  argument: () => new Md5(),
  examples: [
    {
      options: 'tcp.hdr; to_md5; content:"|54 a9 7a 8a|"; startswith;',
      meaning: "a digest that begins with these bytes",
    },
  ],
  apply: hashBuffer,
});
