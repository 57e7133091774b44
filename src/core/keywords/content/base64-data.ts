/** base64_data: what follows looks into what base64_decode decoded. */
import { base64Buffer } from "../../detect/buffer.ts";
import { defineKeyword } from "../../detect/keyword.ts";
import { RuleError } from "../../rule/diagnostic.ts";

export const base64Data = defineKeyword<void>({
  name: "base64_data",
  family: "buffer select",
  summary: "Selects what base64_decode decoded.",
  syntax: "base64_data",
  since: "<=7.0",
  argument: "none",
  examples: [
    { options: 'base64_decode; base64_data; content:"|7f|ELF";', meaning: "an encoded ELF file" },
  ],
  parse: (option) => option.requireNone(),
  compile(_, draft) {
    const isDecoded = draft.buffers.some(({ items }) =>
      items.some(({ keyword }) => keyword === "base64_decode"),
    );
    if (!isDecoded) {
      throw new RuleError("buffer-needed", '"base64_data" needs a base64_decode before it');
    }
    draft.selectBuffer(base64Buffer);
  },
});
